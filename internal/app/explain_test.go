package app_test

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
	"github.com/rivo/uniseg"
)

// explanation runs explain and decodes it.
func (h home) explanation(args ...string) cockpit.Explanation {
	h.t.Helper()
	r := h.run(append([]string{"explain", "--json"}, args...)...)
	var e cockpit.Explanation
	if err := json.Unmarshal([]byte(r.out), &e); err != nil {
		h.t.Fatalf("explain %v: status %d, %v\n%s", args, r.code, err, r.err)
	}
	return e
}

// under are the steps below the first of a kind whose title begins so, itself first.
func under(t *testing.T, e cockpit.Explanation, kind, title string) []cockpit.Step {
	t.Helper()
	for i, s := range e.Steps {
		if s.Kind != kind || !strings.HasPrefix(s.Title, title) {
			continue
		}
		end := i + 1
		for end < len(e.Steps) && e.Steps[end].Depth > s.Depth {
			end++
		}
		return e.Steps[i:end]
	}
	t.Fatalf("%s: no %s %q in\n%s", e.Of, kind, title, told(e.Steps))
	return nil
}

// told is everything that steps say.
func told(steps []cockpit.Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "%s%s: %s\n%s\n%s\n%s\n", strings.Repeat(" ", s.Depth), s.Kind, s.Title, strings.Join(s.Lines, "\n"), s.Code, s.More)
	}
	return b.String()
}

func mustSay(t *testing.T, what, text string, wants ...string) {
	t.Helper()
	for _, w := range wants {
		if !strings.Contains(text, w) {
			t.Errorf("%s does not say %q:\n%s", what, w, text)
		}
	}
}

// TestJudgementsAreWalkedDown walks what the demo company's page judges.
func TestJudgementsAreWalkedDown(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	dir := readDemo(t)
	at := []string{"--workspace", dir}
	explain := func(args ...string) cockpit.Explanation { return h.explanation(append(args, at...)...) }
	d := h.diagnosis(append([]string{"diagnose"}, at...)...)

	t.Run("the verdict, down to commits", func(t *testing.T) {
		e := explain("verdict")
		text := told(e.Steps)
		mustSay(t, "the verdict", text, d.Verdict.Headline, d.Verdict.Confident, "diarchy explain stage", "diarchy explain symptoms", "diarchy explain load")
		for _, id := range []string{"_", "split_now", "one_leader"} {
			if plain := regexp.MustCompile(`diarchy explain \S+|\(\w+_\w+\)|it rests on .*|\S+/\S+`).ReplaceAllString(text, ""); strings.Contains(plain, id) {
				t.Errorf("a reader meets %q:\n%s", id, plain)
			}
		}
		facts := 0
		for _, s := range e.Steps {
			if s.Kind == "facts" && strings.Contains(strings.Join(s.Lines, " "), "2026-") {
				facts++
				checkCommits(t, h, dir, s)
			}
		}
		if facts < 3 {
			t.Errorf("only %d findings end in facts:\n%s", facts, text)
		}
		if shown := strings.Count(h.run(append([]string{"explain", "verdict"}, at...)...).out, "\n"); shown > 110 {
			t.Errorf("the verdict takes %d lines: more than two screens", shown)
		}
		if n, _ := cockpit.OfHundred(d.Lenses[1].Confidence); !strings.Contains(text, fmt.Sprintf("by symptoms alone: Split the role now, in %d of 100 draws", n)) {
			t.Errorf("the confidence of a lens is rounded otherwise: %v\n%s", d.Lenses[1].Confidence, text)
		}
	})

	t.Run("a fact of the guide, to what rests on it", func(t *testing.T) {
		text := told(explain("s4").Steps)
		mustSay(t, "S4", text, "fact: S4", "Innovation 10-20 %", "finding: Delivery is hard to predict", "diarchy explain innovation_share", "diarchy metric show sprint_said_done", "in share: 20", " % of these are unclassified")
		if strings.Contains(text, "onboarding") {
			t.Errorf("S4 says nothing of onboarding:\n%s", text)
		}
		mustSay(t, "C2", told(explain("C2").Steps), "a clear escalation path", "No finding and no number rests on it")
		if e := explain("N6"); len(under(t, e, "finding", "Delivery turned inconsistent")) < 2 {
			t.Errorf("N6 is a finding, not only a fact:\n%s", told(e.Steps))
		}
	})

	t.Run("no day after the last that is judged", func(t *testing.T) {
		text := told(explain("truck_factor").Steps)
		judged, err := time.Parse(time.DateOnly, d.AsOf)
		if err != nil || !strings.Contains(text, d.AsOf) || strings.Contains(text, judged.AddDate(0, 0, 1).Format(time.DateOnly)) {
			t.Errorf("as of %s, %v:\n%s", d.AsOf, err, text)
		}
	})

	t.Run("every number of a sentence", func(t *testing.T) {
		e := explain("N7")
		sum := func(name string) float64 {
			steps := under(t, e, "metric", name)
			total := 0.0
			for _, m := range regexp.MustCompile(`\d{4}-\d\d-\d\d (\d+)`).FindAllStringSubmatch(strings.Join(steps[0].Lines, "\n"), -1) {
				v, err := strconv.ParseFloat(m[1], 64)
				if err != nil {
					t.Fatal(err)
				}
				total += v
			}
			if steps[1].Kind != "facts" || len(steps[1].Lines) == 0 {
				t.Errorf("%s has no facts: %s", name, told(steps))
			}
			return total
		}
		in, out := sum("Debt markers coming in"), sum("Debt markers going out")
		said := regexp.MustCompile(`(\d+) markers came in and (\d+) went out; .* is ([+-][\d.]+) markers a month`).FindStringSubmatch(finding(t, d, "N7").Summary)
		if said == nil || said[1] != fmt.Sprint(in) || said[2] != fmt.Sprint(out) {
			t.Fatalf("%v in and %v out; the sentence says %v", in, out, said)
		}
		under(t, e, "metric", "Size of the code")
		density := told(under(t, e, "metric", "Density of debt"))
		grown := regexp.MustCompile(`alone brings (-?[\d.]+) markers`).FindStringSubmatch(density)
		if grown == nil {
			t.Fatalf("nothing is said of growth: %s", density)
		}
		allowed, _ := strconv.ParseFloat(grown[1], 64)
		excess, _ := strconv.ParseFloat(said[3], 64)
		if math.Abs((in-out-allowed)/12-excess) > 0.1 {
			t.Errorf("(%v in less %v out less %v of growth) / 12 is not %v", in, out, allowed, excess)
		}
	})

	t.Run("nobody is named, and it is said", func(t *testing.T) {
		e := explain("D3", "--limit", "100")
		text := told(e.Steps)
		mustSay(t, "D3", text, "not shown: it would name a person", "rests on onboarding_days, shown above")
		if n := strings.Count(text, "metric: Time to regular contribution"); n != 1 {
			t.Errorf("the metric is shown %d times", n)
		}
		steps := under(t, e, "facts", "")
		said := regexp.MustCompile(`of (\d+) newcomers of the last year`).FindStringSubmatch(text)
		if said == nil || fmt.Sprint(len(steps[0].Lines)) != said[1] {
			t.Errorf("%d newcomers are listed; the sentence says %v", len(steps[0].Lines), said)
		}
		for _, l := range steps[0].Lines {
			if regexp.MustCompile(`\d{4}-\d\d-\d\d|[0-9a-f]{12}`).MatchString(l) {
				t.Errorf("a newcomer could be found by %q", l)
			}
		}
	})

	t.Run("hours and published rules", func(t *testing.T) {
		load := told(explain("N11").Steps)
		mustSay(t, "N11", load, "t.overload_chance.low (0.5)", "One-to-ones and coaching", "Executive team and investors", "each of 4 board meetings", "0.5 to 1 hours for each of", "direct reports", "hours a week in all", "whatever the size")
		mustSay(t, "the load lens", told(explain("load").Steps), "One-to-ones and coaching", "diarchy explain N11")
		mustSay(t, "N1", told(explain("N1").Steps), "Mark Suster, 2010: A VP of Engineering beside the CTO in a company of 10-20 people (10 to 20 people in the company)", "passed in 100 of 100 draws", "passed in 0 of 100 draws: raviga guide")
		mustSay(t, "N2", told(explain("N2").Steps), "protify.com: Both at Series C (series c)", "web2ireland: A CTO at 0.5-3 M$ revenue (0.5 to 3 M$ a year)")
		stage := told(explain("stage").Steps)
		mustSay(t, "the stage lens", stage, "not counted, since it names no size: Fred Wilson, 2011", "diarchy explain N3")
		pb, err := playbook.Default()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range pb.Stage.Rules {
			mustSay(t, "the stage lens", stage, r.Source+": "+r.Says)
		}
		symptoms := told(explain("symptoms").Steps)
		for _, ind := range pb.Indicators {
			if ind.Lens == playbook.LensSymptoms {
				mustSay(t, "the symptoms lens", symptoms, "diarchy explain "+ind.ID)
			}
		}
	})

	t.Run("names as they are read", func(t *testing.T) {
		if e := explain("merge", "bottleneck", "--limit", "1"); e.Of != "merge_bottleneck" {
			t.Errorf("two words explain %s", e.Of)
		}
		if e := explain("Debt markers coming in"); e.Of != "debt_inflow" {
			t.Errorf("a title explains %s", e.Of)
		}
	})

	t.Run("nothing is wider than 80 columns", func(t *testing.T) {
		for _, args := range commands(t, h) {
			r := h.run(append(args, at...)...)
			if r.code != 0 {
				t.Fatalf("%v: status %d\n%s", args, r.code, r.err)
			}
			for line := range strings.Lines(r.out) {
				if line = strings.TrimRight(line, "\n"); tooWide(line) {
					t.Errorf("%v prints %d columns:\n%s", args, uniseg.StringWidth(line), line)
				}
			}
			checkNobody(t, h, dir, strings.Join(args, " "), r.out)
		}
	})
}

// commands are all commands that print for a terminal.
func commands(t *testing.T, h home) [][]string {
	out := [][]string{{"diagnose"}, {"sync"}, {"doctor"}, {"config", "show"}, {"playbook", "show"}, {"playbook", "test"}, {"metric", "list"}, {"version"}, {"--version"}, {"--help"},
		{"decision", "list"}, {"decision", "check"}, {"agreement", "check"}, {"agreement", "drift"}, {"decide", "--kind", "vendors"}, {"decide", "--cost", "500k", "--reach", "company"}, {"explain", "verdict"}, {"explain", "stage"}, {"explain", "symptoms"}, {"explain", "load"}}
	for _, c := range []string{"diagnose", "sync", "doctor", "config", "config show", "playbook", "playbook show", "playbook test", "metric", "metric list", "metric show", "explain", "facts", "init", "demo", "version", "decision", "decision list", "decision show", "decision check", "decision new", "agreement", "agreement draft", "agreement show", "agreement check", "agreement compare", "agreement sign", "agreement drift", "decide", "org", "org show", "org tree", "org check", "org import", "org export", "org match", "org borders", "org whatif", "person", "person export", "person erase", "forecast", "serve", "backup", "restore", "recover"} {
		out = append(out, append(strings.Fields(c), "--help"))
	}
	for _, id := range []string{"N2", "N6", "N8", "N9", "N10", "N11", "D3", "merge_bottleneck", "key_person"} {
		out = append(out, []string{"explain", id})
	}
	var metrics []cockpit.MetricSummary
	if err := json.Unmarshal([]byte(h.run("metric", "list", "--json").out), &metrics); err != nil || len(metrics) < 20 {
		t.Fatalf("%d metrics, %v", len(metrics), err)
	}
	shown := map[string]bool{}
	for _, m := range metrics {
		if !shown[m.Unit] { // metrics of one unit are printed alike
			shown[m.Unit] = true
			out = append(out, []string{"metric", "show", m.Name}, []string{"explain", m.Name})
		}
	}
	return out
}

// tooWide reports whether a line is wider than 80 columns without holding anything
// that cannot be broken: one long word, such as a path, or a line of YAML.
func tooWide(line string) bool {
	if uniseg.StringWidth(line) <= 80 || regexp.MustCompile(`^\s*(- )?(\{|[a-z_]+:( |$))`).MatchString(line) {
		return false
	}
	indent := len(line) - len(strings.TrimLeft(line, " "))
	for _, word := range strings.Fields(line) {
		if indent+uniseg.StringWidth(word) > 60 {
			return false
		}
	}
	return true
}

// checkCommits looks up, with git, the commits that facts name.
func checkCommits(t *testing.T, h home, company string, facts cockpit.Step) {
	t.Helper()
	where, column := h.rows("location", "--workspace", company)
	for _, l := range facts.Lines {
		m := regexp.MustCompile(`^(\S+) (\S+) ([0-9a-f]{12}) `).FindStringSubmatch(l)
		if m == nil {
			t.Errorf("no commit: %q", l)
			continue
		}
		found := false
		for _, row := range where {
			if row[column["name"]] == m[2] {
				found = true
				git(t, row[column["location"]], "cat-file", "-e", m[3]+"^{commit}")
				break
			}
		}
		if !found {
			t.Errorf("no repository %s", m[2])
		}
	}
}

// checkNobody looks for names and addresses of people.
func checkNobody(t *testing.T, h home, company, what, text string) {
	t.Helper()
	for _, id := range people(t, h, company) {
		if strings.Contains(text, id) {
			t.Errorf("%s names %s", what, id)
		}
	}
}

// checkExplanations looks for people in what is said of each metric and its facts.
func checkExplanations(t *testing.T, company string, of func(metric string) string) {
	t.Helper()
	o, err := workspace.LoadOrganisation(filepath.Join(company, workspace.OrganisationFile))
	if err != nil || len(o.People) < 40 {
		t.Fatal(err)
	}
	defs, err := metric.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range defs {
		text := of(d.Name)
		for _, p := range o.People {
			for _, who := range append([]string{p.Name}, p.Emails...) {
				if who != "" && strings.Contains(text, who) {
					t.Errorf("the explanation of %s names %s", d.Name, who)
				}
			}
		}
	}
}

var peopleOf = map[string][]string{}

func people(t *testing.T, h home, company string) []string {
	t.Helper()
	if peopleOf[company] == nil {
		rows, column := h.rows("identity", "--workspace", company)
		for _, row := range rows {
			if row[column["is_bot"]] == "false" && strings.Contains(row[column["name"]], " ") {
				peopleOf[company] = append(peopleOf[company], row[column["name"]], row[column["email"]])
			}
		}
	}
	if len(peopleOf[company]) < 40 {
		t.Fatalf("only %d names and addresses", len(peopleOf[company]))
	}
	return peopleOf[company]
}
