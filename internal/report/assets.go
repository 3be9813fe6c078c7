package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"strings"
)

// assetFiles holds report.js when web/ has been built before the program; the
// README makes the folder exist when it has not.
//
//go:embed assets
var assetFiles embed.FS

//go:embed report.css
var stylesheet string

// assets are the style and the script that go into a page.
type assets struct {
	style  string
	script string // empty when the bundle is not built
}

// builtAssets are those that this program was compiled with.
func builtAssets() assets {
	script, err := assetFiles.ReadFile("assets/report.js")
	if err != nil {
		return assets{style: verbatim(stylesheet)}
	}
	return assets{style: verbatim(stylesheet), script: verbatim(string(script))}
}

// element wraps our own text in an element, byte for byte, so that its hash in
// the policy is that of what the browser sees.
func element(name, text string) template.HTML {
	return template.HTML("<" + name + ">" + text + "</" + name + ">")
}

// policy forbids everything but the page's own style and script.
func policy(a assets, withScript bool) string {
	script := "'none'"
	if withScript {
		script = hash(a.script)
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src " + script,
		"style-src " + hash(a.style),
		"img-src data:",
		"base-uri 'none'",
		"form-action 'none'",
	}, "; ")
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// verbatim makes a text fit for an element: browsers read line ends as \n.
func verbatim(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }
