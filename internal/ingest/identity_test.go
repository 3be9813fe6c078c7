package ingest

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/google/go-cmp/cmp"
)

// person reads "Name <e-mail>".
func person(s string) store.Person {
	name, email, _ := strings.Cut(s, " <")
	id := fact.Identity{Name: name, Email: strings.TrimSuffix(email, ">")}
	key := store.IdentityID(id)
	return store.Person{IdentityID: key, Identity: id, PersonID: key}
}

// TestResolve holds groups: those in one are one person, and nobody else is.
func TestResolve(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		groups    [][]string
		canonical map[string]string
		rules     IdentityRules
	}{
		"same e-mail, other case": {groups: [][]string{{"Ann <ann@example.com>", "ann example <Ann@Example.COM>"}, {"Ann <ann@example.org>"}}},
		"GitHub no-reply":         {groups: [][]string{{"ann <12+ann@users.noreply.github.com>", "a <ANN@users.noreply.github.com>"}, {"b <12+bob@users.noreply.github.com>"}}},
		"GitLab no-reply":         {groups: [][]string{{"ann <12-ann.ex@users.noreply.gitlab.com>", "a <7-ann.ex@users.noreply.gitlab.com>"}, {"g <1+ann-ex@users.noreply.github.com>"}}},
		"no-reply of others": {groups: [][]string{{"ann <12+ann@users.noreply.git.example.com>", "a <ann@users.noreply.git.example.com>"}, {"bob <12-bob.ex@users.noreply.lab.example.com>", "b <bob.ex@users.noreply.lab.example.com>"},
			{"cat <cat@noreply.tea.example.com>", "c <CAT@noreply.tea.example.com>"}, {"ann <ann@noreply.tea.example.com>"}}},
		"forges do not mix": {groups: [][]string{{"a <1+ann@users.noreply.github.com>"}, {"b <1-ann@users.noreply.gitlab.com>"}}},
		"a name that is a login": {groups: [][]string{{"Ann Example <12+annexample@users.noreply.github.com>", "AnnExample <a@example.com>"},
			{"ann <b@example.com>"}, {"Bob <1+ann@users.noreply.github.com>"}, {"annexampel <c@example.com>"}}},
		"same full name":            {groups: [][]string{{"Ann Example <a@example.com>", "ann  EXAMPLE <b@example.org>", "Ann.Example <c@example.net>"}}},
		"one word is not a name":    {groups: [][]string{{"Ann <a@example.com>"}, {"Ann <b@example.com>"}}},
		"nobody's name":             {groups: [][]string{{"Your Name <a@example.com>"}, {"Your Name <b@example.com>"}}},
		"nobody's e-mail":           {groups: [][]string{{"Ann <root@localhost>"}, {"Bob <root@localhost>"}, {"Cat <noreply@example.com>"}, {"Dan <noreply@example.com>"}, {"Eve <>"}, {"Flo <>"}}},
		"names and e-mails chained": {groups: [][]string{{"Ann Example <a@example.com>", "Ann Example <b@example.com>", "ann <b@example.com>", "x <A@example.com>"}}},
		"mail map": {groups: [][]string{{"Ann <ann@example.com>", "annie <old@example.org>", "ANN <Ann@example.com>"}, {"Bob <bob@example.com>"}},
			canonical: map[string]string{"annie <old@example.org>": "Ann <ann@example.com>"}},
		"mail map of a shared e-mail": {groups: [][]string{{"ann <team@example.com>", "Ann <ann@example.com>"}, {"bob <team@example.com>", "Bob <bob@example.com>"}},
			canonical: map[string]string{"ann <team@example.com>": "Ann <ann@example.com>", "bob <team@example.com>": "Bob <bob@example.com>"}},
		"mail map to nobody's e-mail": {groups: [][]string{{"Ann <root@localhost>"}, {"Bob <root@localhost>"}, {"c <c@example.com>"}},
			canonical: map[string]string{"c <c@example.com>": "Cat <root@localhost>"}},
		"merged by the workspace": {groups: [][]string{{"a <a@example.com>", "b <b@example.com>"}, {"c <c@example.com>"}},
			rules: IdentityRules{Merge: [][]string{{"A@example.com", "b@example.com"}}}},
		"split by the workspace": {groups: [][]string{{"Ann Example <a@example.com>", "x <a@example.com>"}, {"Ann Example <b@example.com>"}},
			rules: IdentityRules{Split: [][]string{{"a@example.com", "b@example.com"}}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := map[string]int{}
			var people []store.Person
			for g, group := range c.groups {
				for _, s := range group {
					people = append(people, person(s))
					want[s] = g
				}
			}
			canonical := map[fact.Identity]fact.Identity{}
			for from, to := range c.canonical {
				canonical[person(from).Identity] = person(to).Identity
			}
			first := Resolve(people, canonical, c.rules)
			byPerson, byGroup := map[int64]int{}, map[int]int64{}
			for _, p := range first {
				g := want[p.Identity.Name+" <"+p.Identity.Email+">"]
				if other, ok := byPerson[p.PersonID]; ok && other != g {
					t.Errorf("%v is one with group %d (%s)", p.Identity, other, p.Reason)
				}
				if other, ok := byGroup[g]; ok && other != p.PersonID {
					t.Errorf("%v stands apart from its group", p.Identity)
				}
				byPerson[p.PersonID], byGroup[g] = g, p.PersonID
				if p.IsBot {
					t.Errorf("%v is a bot: %s", p.Identity, p.Reason)
				}
			}
			for range 20 {
				rand.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
				if diff := cmp.Diff(first, Resolve(people, canonical, c.rules)); diff != "" {
					t.Fatalf("another order:\n%s", diff)
				}
			}
			if diff := cmp.Diff(first, Resolve(first, canonical, c.rules)); diff != "" {
				t.Errorf("once more:\n%s", diff)
			}
		})
	}
}

func TestBotsAreNotPeople(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>", "renovate <renovate@example.com>", "Renovate Bot <bot@renovateapp.com>",
		"github-actions <github-actions@github.com>", "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>", "GitHub <noreply@github.com>", "web-flow <noreply@github.com>",
		"CI <ci@example.com>", "ci-bot <x@example.com>", "acme-ci <x@example.com>", "gitlab-ci <x@example.com>", "Jenkins <jenkins@example.com>", "Travis CI <x@example.com>", "builder <build@example.com>",
		"Acme Bot <x@example.com>", "k8s-ci-robot <x@example.com>", "deploy-user <x@example.com>", "Release Automation <release-bot@example.com>", "snyk-bot <x@example.com>"} {
		if botReason(person(s).Identity) == "" {
			t.Errorf("%s is taken for a person", s)
		}
	}
	for _, s := range []string{"Abbot <a@example.com>", "Kim Abbot <kim.abbot@example.com>", "Lee Talbot <talbot@example.com>", "Robotham <r@example.com>", "Ann Robotham <robotham@example.com>", "Travis <travis@example.com>", "Travis Example <t@example.com>",
		"Cicero <cicero@example.com>", "Bo Tang <bot.ang@example.com>", "Lucia Action <l@example.com>", "Macie <macie@example.com>", "Deployer Jones <dj@example.com>", "Botond <botond@example.com>", "Buildman <b@example.com>"} {
		if why := botReason(person(s).Identity); why != "" {
			t.Errorf("%s is taken for a bot: %s", s, why)
		}
	}
	people := []store.Person{person("Ann Example <ann@example.com>"), person("Ann Example <ci@example.com>"), person("Acme Bot <x@example.com>"), person("acme <x@example.com>"), person("Cron <cron@example.com>")}
	got := map[string]bool{}
	for _, p := range Resolve(people, nil, IdentityRules{Bots: []string{"CRON@example.com"}}) {
		got[p.Identity.Email+" "+p.Identity.Name] = p.IsBot
	}
	want := map[string]bool{"ann@example.com Ann Example": false, "ci@example.com Ann Example": true, "x@example.com Acme Bot": true, "x@example.com acme": true, "cron@example.com Cron": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestMailmap: the mail map at the head counts, not that of the work tree.
func TestMailmap(t *testing.T) {
	t.Parallel()
	for _, bare := range []bool{false, true} {
		s := gittest.New(t)
		s.Name, s.Email = "annie", "old@example.org"
		s.Save("a", "a\n")
		s.Name, s.Email = "bobby", "bobby@example.org"
		s.Save("a", "b\n")
		s.Name, s.Email = "Ann Example", "ann@example.com"
		s.Save(".mailmap", "Ann Example <ann@example.com> <old@example.org>\n")
		if bare {
			s = clone(t, s, "--bare")
		} else {
			s.Write(".mailmap", "Ann Example <ann@example.com> <bobby@example.org>\n")
		}
		st := openStore(t, "")
		readAll(t, st, s.Dir)
		if got := selected(t, st, "SELECT COUNT(DISTINCT person_id), COUNT(*) FROM identity"); got[0] != "2 | 3" {
			t.Errorf("bare %v: people, identities: %s", bare, got[0])
		}
		if got := selected(t, st, "SELECT a.reason, b.reason FROM identity a JOIN identity b ON a.person_id = b.person_id AND a.identity_id < b.identity_id"); len(got) != 1 || !strings.Contains(got[0], ".mailmap") {
			t.Errorf("bare %v: %v", bare, got)
		}
	}
}
