package report

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// withScript and without are pages with and without the charts' script, whether
// or not it is built.
var (
	withScript = assets{style: "body{}", script: "window.drawn=1"}
	without    = assets{style: "body{}"}
)

func pageOf(t *testing.T, d cockpit.Diagnosis, a assets) *html.Node {
	t.Helper()
	var buf bytes.Buffer
	if err := writePage(&buf, newPage(d, a)); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(&buf)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// find lists the elements that match a selector of the form
// "name#id.class[attr=value]" or a descendant chain of those.
func find(root *html.Node, selector string) []*html.Node {
	nodes := []*html.Node{root}
	for part := range strings.FieldsSeq(selector) {
		var next []*html.Node
		for _, n := range nodes {
			for d := range n.Descendants() {
				if d.Type == html.ElementNode && matches(d, part) && !slices.Contains(next, d) {
					next = append(next, d)
				}
			}
		}
		nodes = next
	}
	return nodes
}

var selectorPart = regexp.MustCompile(`^([a-z0-9]*)((?:[#.][\w-]+|\[[\w-]+(?:=[^\]]*)?\])*)$`)
var selectorTest = regexp.MustCompile(`[#.][\w-]+|\[[\w-]+(?:=[^\]]*)?\]`)

func matches(n *html.Node, part string) bool {
	m := selectorPart.FindStringSubmatch(part)
	if m == nil {
		panic("not a selector: " + part)
	}
	if m[1] != "" && n.Data != m[1] {
		return false
	}
	for _, test := range selectorTest.FindAllString(m[2], -1) {
		if !passes(n, test) {
			return false
		}
	}
	return true
}

func passes(n *html.Node, test string) bool {
	switch test[0] {
	case '#':
		return attr(n, "id") == test[1:]
	case '.':
		return slices.Contains(strings.Fields(attr(n, "class")), test[1:])
	}
	name, value, hasValue := strings.Cut(strings.Trim(test, "[]"), "=")
	for _, a := range n.Attr {
		if a.Key == name {
			return !hasValue || a.Val == value
		}
	}
	return false
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// texts are those of all elements that match.
func texts(root *html.Node, selector string) []string {
	var out []string
	for _, n := range find(root, selector) {
		out = append(out, text(n))
	}
	return out
}

func TestHTMLSaysTheAnswerFirst(t *testing.T) {
	root := pageOf(t, sample(), withScript)
	for selector, want := range map[string]string{
		"h1":            "Start the search for a VP of Engineering this winter",
		".strip .call":  "Prepare to split the role",
		".confidence":   "In 71 of 100 ways to read the same evidence, the answer is the same.",
		"title":         "Kestrel Freight & Söhne GmbH: Prepare to split the role",
		"header .brand": "Diarchy diagnosis",
	} {
		if got := texts(root, selector); len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %q, want %q", selector, got, want)
		}
	}
	if got := texts(root, ".strip dd"); !slices.Equal(got, []string{"Prepare to split the role", "VP of Engineering", "March 2027 to November 2027", "71 of 100"}) {
		t.Errorf("strip: %q", got)
	}
}

func TestHTMLSectionsStandInOrder(t *testing.T) {
	root := pageOf(t, sample(), withScript)
	var ids []string
	for _, n := range find(root, "main section") {
		ids = append(ids, attr(n, "id"))
	}
	want := []string{"answer", "lenses", "delivery", "evidence", "organisation", "structure", "agreement", "changes", "missing", "history", "costs", "sources", "method"}
	if !slices.Equal(ids, want) {
		t.Errorf("sections %q, want %q", ids, want)
	}
}

func TestHTMLPutsChartsBesideTheirFinding(t *testing.T) {
	root := pageOf(t, sample(), withScript)
	for finding, chart := range map[string]string{"finding-n6": "chart:throughput", "finding-n11": "chart:load", "finding-n7": "chart:debt"} {
		plots := find(root, "article#"+finding+" .plot")
		if len(plots) != 1 || attr(plots[0], "data-drawing") != chart {
			t.Errorf("%s does not hold the chart %s", finding, chart)
		}
	}
	if got := len(find(root, "figure")); got != 6 {
		t.Errorf("%d figures, want 4 charts, the history and the borders of teams", got)
	}
}

func TestHTMLEveryChartHasItsTable(t *testing.T) {
	for _, a := range []assets{withScript, without} {
		for _, figure := range find(pageOf(t, sample(), a), "figure") {
			if len(find(figure, "svg.between table")) == 0 && len(find(figure, "svg.between")) == 1 {
				continue // drawn by the server: its table is folded
			}
			if len(find(figure, "details[open] table")) != 1 {
				t.Errorf("%q has no table that stands open without scripts", text(find(figure, "figcaption")[0]))
			}
		}
	}
	cells := texts(pageOf(t, sample(), without), "article#finding-n11 .chart tbody td")
	if want := []string{"21", "9", "11", "unknown", "10", "7"}; !slices.Equal(cells, want) {
		t.Errorf("table of the chart: got %q, want %q", cells, want)
	}
}

func TestHTMLWithoutTheBundle(t *testing.T) {
	root := pageOf(t, sample(), without)
	if n := len(find(root, "script")); n != 0 {
		t.Errorf("%d scripts without a bundle", n)
	}
	if n := len(find(root, ".plot")); n != 0 {
		t.Errorf("%d places for drawings without a bundle", n)
	}
	if !strings.Contains(text(root), "the tables stand in for the charts") {
		t.Error("nothing says why there are no charts")
	}
}

func TestHTMLScriptOnlyWhereThereIsSomethingToDraw(t *testing.T) {
	root := pageOf(t, chartless(), withScript)
	if n := len(find(root, "script")); n != 0 {
		t.Errorf("%d scripts with nothing to draw", n)
	}
	if strings.Contains(text(root), "stand in for the charts") {
		t.Error("a page that has no charts excuses their absence")
	}
}

func TestHTMLAsksNobodyForAnything(t *testing.T) {
	asks := []string{"src", "srcset", "action", "poster", "data", "background", "ping", "formaction", "xlink:href"}
	for name, d := range all() {
		root := pageOf(t, d, withScript)
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if slices.Contains(asks, a.Key) {
					t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
				}
				if a.Key == "href" && a.Val != "data:," && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s: link to %q", name, a.Val)
				}
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%s: <%s %s>", name, n.Data, a.Key)
				}
			}
		}
		if n := len(find(root, "img")) + len(find(root, "iframe")) + len(find(root, "object")) + len(find(root, "base")); n != 0 {
			t.Errorf("%s: %d elements that load something", name, n)
		}
	}
	if bad := containsAny(builtAssets().style, "url(", "@import", "http:", "https:"); bad != "" {
		t.Errorf("the stylesheet has %s", bad)
	}
}

func TestHTMLForeignTextIsInert(t *testing.T) {
	root := pageOf(t, hostile(), withScript)
	scripts := find(root, "script")
	if len(scripts) != 2 {
		t.Fatalf("%d scripts, want the data and our own", len(scripts))
	}
	if attr(scripts[0], "type") != "application/json" || strings.Contains(scripts[0].FirstChild.Data, "<") {
		t.Error("the data block holds markup")
	}
	if !strings.Contains(texts(root, "h1")[0], "<script>window.pwned=1</script>") {
		t.Error("foreign text is not shown as it is")
	}
}

func TestHTMLPolicyFitsThePage(t *testing.T) {
	root := pageOf(t, sample(), withScript)
	csp := attr(find(root, "meta[http-equiv=Content-Security-Policy]")[0], "content")
	for _, want := range []string{
		"default-src 'none'",
		"script-src " + hash(find(root, "script")[1].FirstChild.Data),
		"style-src " + hash(find(root, "style")[0].FirstChild.Data),
	} {
		if !strings.Contains(csp, want) {
			t.Errorf("%q is not in %q", want, csp)
		}
	}
	if bad := containsAny(csp, "unsafe", "*", "http"); bad != "" {
		t.Errorf("%q in the policy", bad)
	}
}

func TestHTMLOutline(t *testing.T) {
	for name, d := range all() {
		root := pageOf(t, d, withScript)
		if n := len(find(root, "h1")); n != 1 {
			t.Errorf("%s: %d h1", name, n)
		}
		for _, landmark := range []string{"header", "main", "nav", "footer", "a.skip"} {
			if len(find(root, landmark)) == 0 {
				t.Errorf("%s: no %s", name, landmark)
			}
		}
		last := 0
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				if level := int(n.Data[1] - '0'); level > last+1 {
					t.Errorf("%s: %q follows h%d", name, text(n), last)
				} else {
					last = level
				}
			}
		}
	}
}

func TestHTMLLinksLeadSomewhere(t *testing.T) {
	for name, d := range all() {
		root := pageOf(t, d, withScript)
		ids := map[string]int{}
		for n := range root.Descendants() {
			if id := attr(n, "id"); id != "" {
				ids[id]++
			}
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: %d elements with id %s", name, n, id)
			}
		}
		for _, a := range find(root, "a") {
			if target := strings.TrimPrefix(attr(a, "href"), "#"); ids[target] == 0 {
				t.Errorf("%s: no target for #%s", name, target)
			}
		}
	}
}

func TestHTMLFoldsWhatHardlyMatters(t *testing.T) {
	page := pageOf(t, crowded(), without)
	if got := len(find(page, "#missing ol li")); got != 15 {
		t.Errorf("%d items are listed openly, want the 15 that move at least 1 of 100 ways", got)
	}
	if got := len(find(page, "#missing details ul li")); got != 5 {
		t.Errorf("%d items are folded, want 5", got)
	}
	if got := texts(page, "#missing summary"); len(got) != 1 || !strings.HasPrefix(got[0], "Also unknown, and unlikely to change the call: 資金調達 15") {
		t.Errorf("the fold says %q", got)
	}
}

func TestHTMLEmptySaysUnknown(t *testing.T) {
	root := pageOf(t, empty(), withScript)
	if got := texts(root, ".strip dd"); !slices.Equal(got, []string{"Not enough evidence", "Unknown", "Unknown", "Unknown"}) {
		t.Errorf("strip: %q", got)
	}
	if regexp.MustCompile(`\b0\b`).MatchString(text(find(root, "main")[0])) {
		t.Error("a zero stands for what is not known")
	}
}

func TestHTMLWordsOfANewerProgram(t *testing.T) {
	root := pageOf(t, alien(), withScript)
	if got := texts(root, ".strip dd")[:2]; !slices.Equal(got, []string{"Merge roles", "Chief of staff"}) {
		t.Errorf("strip: %q", got)
	}
	if got := texts(root, ".lens h3")[0]; got != "Market pull" {
		t.Errorf("lens: %q", got)
	}
	if got := texts(root, "li#finding-n6 b"); len(got) != 1 {
		t.Error("a finding in a state that is not known here is not listed as not known")
	}
}
