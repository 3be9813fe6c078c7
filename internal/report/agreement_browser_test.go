package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	agreed "github.com/diarchy/diarchy/internal/agreement"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/htmltest"
	"github.com/diarchy/diarchy/internal/playbook"
)

// draftedAgreement is what the playbook proposes: as long as a real one.
func draftedAgreement(t *testing.T) cockpit.Agreement {
	t.Helper()
	p, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	today := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	a := agreed.New(p, agreed.Facts{Company: "Kestrel Freight & Söhne GmbH", Today: today, Stand: map[string]string{
		"debt.balance":          "in twelve months 919 markers came in and 364 went out; against the growth of the code that is +45.1 markers a month (95 % interval +25.1 to +63.2)",
		"documents.operational": "12 of 40 operational documents changed within a month",
	}}).Agreement
	a.Hash = strings.Repeat("ab", 32)
	return agreed.View(p, a, nil, today)
}

func openAgreement(t *testing.T, a cockpit.Agreement, width int64, scheme string) *htmltest.Tab {
	t.Helper()
	var buf bytes.Buffer
	if err := AgreementHTML(&buf, a); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "agreement.html")
	if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	tb := htmltest.New(t)
	tb.Viewport(width)
	tb.Scheme(scheme)
	tb.Load("file://" + path)
	tb.Settled()
	return tb
}

func TestBrowserAgreementIsAccessible(t *testing.T) {
	for name, a := range map[string]cockpit.Agreement{"drafted": draftedAgreement(t), "full": sampleAgreement(), "empty": {}} {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 320} {
				t.Run(fmt.Sprintf("%s-%s-%d", name, scheme, width), func(t *testing.T) {
					tb := openAgreement(t, a, width, scheme)
					tb.Unfold()
					for _, v := range tb.Violations() {
						t.Error(v)
					}
				})
			}
		}
	}
}

func TestBrowserAgreementFitsEveryWidth(t *testing.T) {
	for name, a := range map[string]cockpit.Agreement{"drafted": draftedAgreement(t), "hostile": hostileAgreement()} {
		tb := openAgreement(t, a, 320, "light")
		for _, width := range []int64{320, 390, 640, 800, 1024, 1280, 1920} {
			tb.Viewport(width)
			tb.Settled()
			if got := htmltest.Eval[int](tb, `document.documentElement.scrollWidth`); got > int(width) {
				t.Errorf("%s at %d: the page is %d wide; %s", name, width, got, tb.Widest())
			}
		}
		if got := append(tb.Foreign("file://"), tb.Complaints()...); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
		if htmltest.Eval[bool](tb, `"pwned" in window`) {
			t.Errorf("%s: foreign text was executed", name)
		}
	}
}

// Two leaders sign three sheets of paper at most.
func TestBrowserAgreementPrintsOnThreePages(t *testing.T) {
	tb := openAgreement(t, draftedAgreement(t), 1280, "dark")
	pdf, err := chromedp.Run(tb.Context, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	if err != nil {
		t.Fatal(err)
	}
	pages := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(pdf, -1))
	if pages < 2 || pages > 3 {
		t.Errorf("it prints on %d pages", pages)
	}
}
