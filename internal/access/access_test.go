package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/workspace"
	"github.com/google/go-cmp/cmp"
)

// The reference model: people are numbers, a slice of time is who everybody's manager
// is (-1: nobody), and it knows nothing of charts, roles or kinds.

// below tells whether x is v or below v.
func below(managers []int, x, v int) bool {
	for ; x >= 0; x = managers[x] {
		if x == v {
			return true
		}
	}
	return false
}

// mine tells whether manager v may see what x did in a slice: x must be v's then, and
// today, or when x left. Who has left sees nothing.
func mine(slices [][]int, then, v, x, gone int) bool {
	today := len(slices) - 1
	if x == gone {
		today--
	}
	return v != gone && below(slices[today], x, v) && below(slices[then], x, v)
}

// wholly tells whether all of a team of today are v's, and somebody besides v is in it.
func wholly(today []int, team []int, v, gone int) bool {
	others := 0
	for _, x := range team {
		if x != gone && !below(today, x, v) {
			return false
		}
		if x != gone && x != v {
			others++
		}
	}
	return v != gone && others > 0
}

// leave is a slice after one has left: reports of that one are at the top.
func leave(managers []int, gone int) []int {
	out := slices.Clone(managers)
	for x, m := range out {
		if m == gone || x == gone {
			out[x] = -1
		}
	}
	return out
}

const people = 6

var (
	days  = []org.Day{day("2024-04-01"), day("2024-05-01"), day("2024-06-01")}
	today = days[2].Time()
)

func day(s string) org.Day {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return org.DayOf(t)
}

func name(p int) string {
	if p < 0 {
		return workspace.Nobody
	}
	return fmt.Sprint("p", p)
}

// TestAllForests compares with the reference model on all 16,807 forests of six people:
// in each one becomes the next on a day, and later somebody leaves.
func TestAllForests(t *testing.T) {
	forests := allForests()
	if len(forests) != 16807 {
		t.Fatalf("%d forests, want 7^5", len(forests))
	}
	seen, hidden := 0, 0
	for i, before := range forests {
		after, gone := forests[(i*5+1)%len(forests)], i%(people+1)
		timeline := [][]int{before, after, leave(after, gone)}
		teams := [][]int{nil, nil, nil}
		doc := &workspace.Organisation{Teams: []workspace.OrgTeam{{ID: "t0"}, {ID: "t1"}, {ID: "t2"}}}
		for p := range people {
			team := (i>>p + p) % 3
			teams[team] = append(teams[team], p)
			person := workspace.Person{ID: name(p), Job: workspace.Job{Manager: name(before[p]), Team: fmt.Sprint("t", team)}}
			if after[p] != before[p] {
				person.Changes = []workspace.JobChange{{Since: days[1].Time(), Job: workspace.Job{Manager: name(after[p])}}}
			}
			if p == gone {
				person.End = (days[2] - 1).Time()
			}
			doc.People = append(doc.People, person)
		}
		policy := New(org.New(doc), nil)
		for v := range people {
			viewer := Viewer{Account: "a", Person: name(v), Roles: []Role{Manager}}
			scope := policy.Scope(viewer, See, People, today)
			for then, d := range days {
				for x := range people {
					want := mine(timeline, then, v, x, gone)
					if got := policy.Decide(viewer, See, Resource{Kind: Organisation, Person: name(x), Day: d}, today); got != want {
						t.Fatalf("%v, %s leaves: %s sees %s on %s: %v, want %v", timeline, name(gone), name(v), name(x), d, got, want)
					}
					if want {
						seen++
					} else {
						hidden++
					}
					if there := x != gone || then < 2; slices.Contains(scope.People(d), name(x)) != (want && there) {
						t.Fatalf("%v, %s leaves: %s in the scope of %s on %s is %v", timeline, name(gone), name(x), name(v), d, !want)
					}
				}
			}
			if v != i%people { // teams of one viewer a forest
				continue
			}
			whole := scope.Teams()
			for team, members := range teams {
				want := wholly(timeline[2], members, v, gone)
				if got := slices.Contains(whole, fmt.Sprint("t", team)); got != want {
					t.Fatalf("%v, %s leaves: %s sees team %v: %v, want %v", timeline, name(gone), name(v), members, got, want)
				}
			}
		}
	}
	t.Logf("%d seen, %d hidden", seen, hidden)
	if seen == 0 || hidden == 0 {
		t.Error("nothing was compared")
	}
}

// allForests are all ways in which people may have managers without circles.
func allForests() (out [][]int) {
	for code := range 117649 { // 7^6
		managers := make([]int, people)
		for p, rest := 0, code; p < people; p, rest = p+1, rest/(people+1) {
			managers[p] = rest%(people+1) - 1
		}
		if !slices.ContainsFunc([]int{0, 1, 2, 3, 4, 5}, func(p int) bool { return circles(managers, p) }) {
			out = append(out, managers)
		}
	}
	return out
}

func circles(managers []int, p int) bool {
	for range people {
		if p = managers[p]; p < 0 {
			return false
		}
	}
	return true
}

// small is a company in which ceo leads cto and vpe; dir and dev are below vpe, arch
// below cto, and out has left.
func small(t testing.TB) *org.Chart {
	t.Helper()
	doc, err := workspace.ParseOrganisation("organisation.yaml", []byte(`
people:
  - {id: ceo, manager: none}
  - {id: cto, manager: ceo}
  - {id: vpe, manager: ceo}
  - {id: arch, manager: cto, team: core}
  - {id: dir, manager: vpe, team: web}
  - {id: dev, manager: dir, team: web}
  - {id: out, manager: dir, end: 2024-03-31}
teams:
  - {id: core}
  - {id: web}
  - {id: empty}
`))
	if err != nil {
		t.Fatal(err)
	}
	return org.New(doc)
}

// viewers are one of each role, and who is in the organisation.
func viewers() []Viewer {
	v := func(account, person string, roles ...Role) Viewer {
		return Viewer{Account: account, Person: person, Roles: roles}
	}
	return []Viewer{
		v("admin", "", Administrator), v("cto", "cto", CTO), v("vpe", "vpe", VPE), v("board", "", Executive),
		v("dir", "dir", Manager), v("dev", "dev", Member), v("none", "dev"), v("left", "out", Manager, Administrator, VPE), v("unknown", "who", VPE), {},
	}
}

// TestRights is the whole table of what each role may do, written by hand: c is the
// company, o the own budget, p a part of the organisation.
func TestRights(t *testing.T) {
	order := []Kind{Diagnosis, Delivery, Organisation, People, Budget, Agreement, Decisions, Forecast, Data, Playbook, Administration, Audit}
	if len(order) != len(Kinds()) {
		t.Fatal("a kind is missing")
	}
	read := map[string]string{
		//         d d o p b a d f d p a a
		"admin": "- - - - - - - - c - c c",
		"cto":   "c c c p o c c c c c - -",
		"vpe":   "c c c c o c c c c c - -",
		"board": "c - c - - c - - - c - -",
		"dir":   "- p p p - c c p - c - -",
		"dev":   "- c c s - c c c - c - -",
		"none":  "- - - s - - - - - - - -",
		"left":  "- - - - - - - - - - - -", "unknown": "- - - - - - - - - - - -", "": "- - - - - - - - - - - -",
	}
	write := map[string]string{
		"admin": "- - - - - - - - c - c -",
		"cto":   "- - c - o c c c c c - -",
		"vpe":   "- - c c o c c c c c - -",
		"board": "- - - - - - - - - - - -", "dir": "- - - - - - - - - - - -", "dev": "- - - - - - - - - - - -", "none": "- - - - - - - - - - - -",
		"left": "- - - - - - - - - - - -", "unknown": "- - - - - - - - - - - -", "": "- - - - - - - - - - - -",
	}
	policy := New(small(t), nil)
	for action, table := range map[Action]map[string]string{See: read, Change: write} {
		for _, v := range viewers() {
			var got []string
			for _, k := range order {
				got = append(got, letter(policy.Scope(v, action, k, today)))
			}
			if diff := cmp.Diff(table[v.Account], strings.Join(got, " ")); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", v.Account, action, diff)
			}
		}
	}
	for _, v := range viewers() {
		for _, k := range append(Kinds(), "", "x") {
			for _, a := range []Action{"", "delete"} {
				if !policy.Scope(v, a, k, today).Empty() {
					t.Errorf("%s may %q %s", v.Account, a, k)
				}
			}
		}
	}
}

// letter is what a scope holds, found by asking it.
func letter(s Scope) string {
	switch {
	case s.Empty():
		return "-"
	case s.Company():
		return "c"
	case s.HoldsLeader(CTO) || s.HoldsLeader(VPE):
		return "o"
	case len(s.People(org.DayOf(today))) > 1 || len(s.Teams()) > 0:
		return "p"
	case len(s.People(org.DayOf(today))) == 1:
		return "s" // oneself
	}
	return "?"
}

// TestEverybody: who sees whom in the small company, name by name.
func TestEverybody(t *testing.T) {
	policy := New(small(t), nil)
	want := map[string]string{"admin": "", "cto": "cto arch", "vpe": "ceo cto vpe arch dir dev out", "board": "", "dir": "dir dev out", "dev": "dev", "none": "dev", "left": "", "unknown": "", "": ""}
	for _, v := range viewers() {
		s := policy.Scope(v, See, People, today)
		if got := strings.Join(s.People(day("2024-03-31")), " "); got != want[v.Account] {
			t.Errorf("%q sees %q, want %q", v.Account, got, want[v.Account])
		}
		if got := s.People(day("2024-04-01")); slices.Contains(got, "out") {
			t.Errorf("%q: somebody who has left is listed", v.Account)
		}
		if s.Holds("who", org.DayOf(today)) {
			t.Errorf("%q sees somebody unknown", v.Account)
		}
	}
	teams := map[string]string{"vpe": "core web empty", "dir": "web", "cto": "core", "dev": "", "admin": ""}
	for _, v := range viewers() {
		s := policy.Scope(v, See, People, today)
		if got := strings.Join(s.Teams(), " "); got != teams[v.Account] {
			t.Errorf("%q sees teams %q, want %q", v.Account, got, teams[v.Account])
		}
		for _, team := range []string{"core", "web", "empty", "who"} {
			if got := policy.Decide(v, See, Resource{Kind: People, Team: team}, today); got != slices.Contains(strings.Fields(teams[v.Account]), team) {
				t.Errorf("%q sees team %s: %v", v.Account, team, got)
			}
		}
	}
}

// TestSharing: two leaders see of each other what they agreed to share, and change no
// more than before; nobody else sees more.
func TestSharing(t *testing.T) {
	before, after := New(small(t), nil), New(small(t), []Kind{People, Budget})
	for _, v := range viewers() {
		for _, k := range Kinds() {
			for _, a := range []Action{See, Change} {
				b, s := before.Scope(v, a, k, today), after.Scope(v, a, k, today)
				more := (v.Account == "cto" || v.Account == "vpe") && a == See && (k == Budget || k == People && v.Account == "cto")
				if more != (letter(b) != letter(s)) {
					t.Errorf("%s %s %s: %s, then %s", v.Account, a, k, letter(b), letter(s))
				}
			}
		}
	}
	for _, c := range []struct {
		viewer     int
		of         Role
		own, other bool
	}{{1, CTO, true, true}, {1, VPE, false, true}, {2, VPE, true, true}, {2, CTO, false, true}, {0, CTO, false, false}, {3, VPE, false, false}, {1, Member, false, false}} {
		r := Resource{Kind: Budget, Leader: c.of}
		v := viewers()[c.viewer]
		if got := before.Decide(v, See, r, today); got != c.own {
			t.Errorf("%s sees the budget of %s: %v", v.Account, c.of, got)
		}
		if got := after.Decide(v, See, r, today); got != c.other {
			t.Errorf("%s sees the shared budget of %s: %v", v.Account, c.of, got)
		}
		if got := after.Decide(v, Change, r, today); got != c.own {
			t.Errorf("%s changes the budget of %s: %v", v.Account, c.of, got)
		}
	}
	single := Viewer{Account: "both", Roles: []Role{CTO, VPE}}
	for _, r := range []Role{CTO, VPE} {
		if !before.Decide(single, See, Resource{Kind: Budget, Leader: r}, today) {
			t.Errorf("who is both does not see the budget of %s", r)
		}
	}
}

// TestTokens: a token does what it was made for and its account may do, and nothing else.
func TestTokens(t *testing.T) {
	policy := New(small(t), nil)
	for _, v := range viewers() {
		for _, g := range append(Grants(), "", "read:", "read:administration") {
			token := v
			token.Token, token.Grants = true, []Grant{g}
			for _, k := range Kinds() {
				for _, a := range []Action{See, Change} {
					want := policy.Scope(v, a, k, today)
					if GrantFor(a, k) != g {
						want = Scope{}
					}
					if got := policy.Scope(token, a, k, today); letter(got) != letter(want) {
						t.Errorf("%s with %s: %s %s is %s, want %s", v.Account, g, a, k, letter(got), letter(want))
					}
				}
			}
		}
	}
}

// TestNoOrganisation: without a document nobody is anybody's, and who is said to be in
// it may nothing.
func TestNoOrganisation(t *testing.T) {
	policy := New(nil, []Kind{People})
	v := Viewer{Account: "vpe", Roles: []Role{VPE, Manager}}
	s := policy.Scope(v, See, People, today)
	if !s.Company() || s.Holds("vpe", days[0]) || s.HoldsTeam("web") || s.People(days[0]) != nil || s.Teams() != nil {
		t.Errorf("%+v", s)
	}
	v.Person = "vpe"
	if !policy.Scope(v, See, People, today).Empty() {
		t.Error("somebody of an organisation that is not there may something")
	}
}

// TestNoPersonIsMeasured: whoever asks, there is nothing of a single person to see but
// what is of people by its nature (P0).
func TestNoPersonIsMeasured(t *testing.T) {
	policy := New(small(t), []Kind{People, Budget})
	all := Viewer{Account: "all", Person: "ceo", Roles: Roles()}
	for _, k := range Kinds() {
		for _, v := range append(viewers(), all) {
			for _, person := range []string{"ceo", "dev", v.Person} {
				r := Resource{Kind: k, Person: person, Day: days[0]}
				if k != People && k != Organisation && person != "" && policy.Decide(v, See, r, today) {
					t.Errorf("%s sees %s of %s", v.Account, k, person)
				}
			}
			if k != People && k != Organisation && len(policy.Scope(v, See, k, today).People(days[0])) > 0 {
				t.Errorf("%s has people in %s", v.Account, k)
			}
		}
	}
	if !policy.Decide(all, See, Resource{Kind: People, Person: "dev", Day: days[0]}, today) {
		t.Error("the test does not see what is there")
	}
}

// TestZero: values that were not made by this package hold nothing.
func TestZero(t *testing.T) {
	var s Scope
	if !s.Empty() || s.Company() || s.Holds("", 0) || s.Holds("dev", days[0]) || s.HoldsTeam("web") || s.HoldsLeader(CTO) || s.People(days[0]) != nil || s.Teams() != nil {
		t.Error("the zero scope holds something")
	}
	policy := New(small(t), nil)
	for _, r := range []Resource{{}, {Kind: "x"}, {Kind: Delivery, Person: "dev", Team: "web"}, {Kind: Budget, Leader: CTO, Person: "dev"}, {Kind: Delivery, Leader: CTO}} {
		for _, v := range viewers() {
			if policy.Decide(v, See, r, today) {
				t.Errorf("%s sees %+v", v.Account, r)
			}
		}
	}
}

// TestNow: rights end with the last day of work in the zone of the given instant.
func TestNow(t *testing.T) {
	policy := New(small(t), nil)
	out := Viewer{Account: "out", Person: "out", Roles: []Role{Member}}
	last := time.Date(2024, 3, 31, 23, 59, 59, 0, time.UTC)
	if !policy.Decide(out, See, Resource{Kind: Delivery}, last) || policy.Decide(out, See, Resource{Kind: Delivery}, last.Add(time.Second)) {
		t.Error("rights do not end with the day")
	}
	if policy.Decide(out, See, Resource{Kind: Delivery}, last.In(time.FixedZone("", 3600))) {
		t.Error("the zone does not count")
	}
}

// TestWhoComesBack: an account of who left and came back with an entry of another id is of
// that entry, and what was of the person before stays so.
func TestWhoComesBack(t *testing.T) {
	doc, err := workspace.ParseOrganisation("organisation.yaml", []byte(`
people:
  - {id: ceo, manager: none}
  - {id: ann, emails: [ann@example.com], manager: ceo, end: 2024-01-31}
  - {id: ann-2, emails: [ann@example.com], manager: ceo, start: 2024-03-01}
  - {id: dev, manager: ann-2}
  - {id: bob, emails: [bob@example.com], manager: ceo, end: 2024-01-31}
  - {id: bob-2, emails: [bo@example.com], manager: ceo, start: 2024-03-01}
`))
	if err != nil {
		t.Fatal(err)
	}
	policy := New(org.New(doc), nil)
	ann := Viewer{Account: "ann", Person: "ann", Roles: []Role{Manager}}
	on := func(s string) time.Time { return day(s).Time() }
	for d, may := range map[string]bool{"2024-01-31": true, "2024-02-01": false, "2024-02-29": false, "2024-03-01": true} {
		if policy.Scope(ann, See, Organisation, on(d)).Empty() == may {
			t.Errorf("on %s something is seen: %v, want %v", d, !may, may)
		}
	}
	s := policy.Scope(ann, See, Organisation, on("2024-04-01"))
	if !s.Holds("dev", day("2024-04-01")) || s.Holds("bob-2", day("2024-04-01")) {
		t.Error("the part is not that of the entry of today")
	}
	mine := policy.Scope(ann, See, People, on("2024-04-01"))
	if !mine.Holds("ann", day("2024-01-15")) || !mine.Holds("ann-2", day("2024-04-01")) || mine.Holds("bob", day("2024-01-15")) {
		t.Error("what is of the person is not the person's")
	}
	if bob := (Viewer{Account: "bob", Person: "bob", Roles: []Role{VPE}}); !policy.Scope(bob, See, Organisation, on("2024-04-01")).Empty() {
		t.Error("an account of one who has left gets the rights of somebody whose id is alike")
	}
}

func TestParseGrants(t *testing.T) {
	got, unknown := ParseGrants("read:diagnosis, write:agreement read:diagnosis read:all write:audit")
	if fmt.Sprint(got) != "[read:diagnosis write:agreement]" || fmt.Sprint(unknown) != "[read:all write:audit]" {
		t.Errorf("%v, %v", got, unknown)
	}
}
