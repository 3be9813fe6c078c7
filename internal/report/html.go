package report

import (
	"bytes"
	"embed"
	"html/template"
	"io"

	"github.com/diarchy/diarchy/internal/cockpit"
)

//go:embed templates/*.tmpl
var templateFiles embed.FS

// templates are parsed once, when the program starts; a test executes and
// type-checks each of them.
var templates = template.Must(template.ParseFS(templateFiles, "templates/*.tmpl"))

// HTML writes the diagnosis as one self-contained page: no request leaves it,
// and its policy forbids any. It returns what w returned.
func HTML(w io.Writer, d cockpit.Diagnosis) error {
	return writePage(w, newPage(d, builtAssets()))
}

// writePage renders into memory first, so that no half page is ever written.
func writePage(w io.Writer, p page) error {
	var buf bytes.Buffer
	if err := templates.ExecuteTemplate(&buf, "page.tmpl", p); err != nil {
		return err
	}
	_, err := w.Write(buf.Bytes())
	return err
}
