package ingest

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/diarchy/diarchy/internal/erase"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/store"
)

// IdentityRules are what the workspace says about who is who. Entries are e-mails.
type IdentityRules struct {
	Merge [][]string
	Split [][]string
	Bots  []string
}

// resolveIdentities decides which names and e-mails are one person, and why. What a
// source answers with an error goes to lost.
func resolveIdentities(ctx context.Context, st *store.Store, byRepo map[string]source.Source, rules IdentityRules, conceal store.Concealer, lost func(repo string, err error) error) error {
	people, err := st.Identities(ctx)
	if err != nil {
		return err
	}
	ids := make([]fact.Identity, len(people))
	for i, p := range people {
		ids[i] = p.Identity
	}
	canonical := map[fact.Identity]fact.Identity{}
	for _, repo := range sortedKeys(byRepo) {
		m, err := byRepo[repo].Canonical(ctx, ids)
		if err != nil {
			if err := lost(repo, err); err != nil {
				return err
			}
			continue
		}
		for from, to := range m {
			if conceal != nil {
				to = conceal.Identity(to) // whoever a mail map calls an erased person is that person
			}
			if _, taken := canonical[from]; !taken {
				canonical[from] = to
			}
		}
	}
	var other []store.Person
	for i, p := range Resolve(people, canonical, rules) {
		if p != people[i] {
			other = append(other, p)
		}
	}
	if len(other) == 0 {
		return nil
	}
	return st.PutIdentities(ctx, other)
}

func sortedKeys(m map[string]source.Source) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Resolve merges identities into people. The rules, in order: the same pseudonym of an
// erased person; a repository's .mailmap;
// the same e-mail; the same login in a forge's no-reply address; a name
// that is such a login; the same full name.
// The workspace's own words come last and win. A person's id is the smallest of the
// ids of their identities, so that it does not depend on the order of reading. The
// result is in the order of ids.
func Resolve(people []store.Person, canonical map[fact.Identity]fact.Identity, rules IdentityRules) []store.Person {
	m := newMerger(people, rules.Split)
	mapped := map[string]bool{}
	for _, to := range canonical {
		mapped[strings.ToLower(to.Email)] = true
	}
	written := func(p store.Person) string { // the e-mail after the mail map
		if to, ok := canonical[p.Identity]; ok {
			return strings.ToLower(to.Email)
		}
		return strings.ToLower(p.Identity.Email)
	}
	m.byKey("erased", func(p store.Person) string { return erase.Pseudonym(p.Identity.Email) })
	m.byKey("the repository's .mailmap", func(p store.Person) string {
		if e := written(p); mapped[e] && (emailKey(e) != "" || canonical[p.Identity] != (fact.Identity{})) {
			return e
		}
		return ""
	})
	m.byKey("the same e-mail", func(p store.Person) string { return emailKey(written(p)) })
	m.byKey("the same login in a no-reply address", func(p store.Person) string { return loginKey(p.Identity.Email) })
	m.byKey("a name that is the login of a no-reply address", func(p store.Person) string {
		if login, ok := strings.CutPrefix(loginKey(p.Identity.Email), "github/"); ok {
			return login
		}
		return nickKey(p.Identity.Name)
	})
	m.byKey("the same full name", func(p store.Person) string {
		if m.bot[p.IdentityID] != "" {
			return "" // whoever runs a bot under their own name is still a person
		}
		return nameKey(p.Identity.Name)
	})
	for _, group := range rules.Merge {
		in := map[string]bool{}
		for _, e := range group {
			in[strings.ToLower(e)] = true
		}
		m.byKey("the workspace says so", func(p store.Person) string {
			if in[strings.ToLower(p.Identity.Email)] {
				return "merge"
			}
			return ""
		})
	}
	return m.result(rules.Bots)
}

// merger is a union-find over identities that never joins what must stay apart.
type merger struct {
	people []store.Person
	parent []int
	reason []string
	sides  []map[int]int    // for each root: split group to side
	bot    map[int64]string // by identity: why it is none of a person
}

func newMerger(people []store.Person, split [][]string) *merger {
	people = slices.SortedFunc(slices.Values(people), func(a, b store.Person) int { return cmp.Compare(a.IdentityID, b.IdentityID) })
	m := &merger{people: people, parent: make([]int, len(people)), reason: make([]string, len(people)), sides: make([]map[int]int, len(people)), bot: map[int64]string{}}
	for i, p := range m.people {
		m.parent[i] = i
		if why := botReason(p.Identity); why != "" {
			m.bot[p.IdentityID] = why
		}
		for g, group := range split {
			for side, e := range group {
				if strings.EqualFold(e, p.Identity.Email) {
					if m.sides[i] == nil {
						m.sides[i] = map[int]int{}
					}
					m.sides[i][g] = side
				}
			}
		}
	}
	return m
}

func (m *merger) root(i int) int {
	for m.parent[i] != i {
		m.parent[i] = m.parent[m.parent[i]]
		i = m.parent[i]
	}
	return i
}

// byKey joins identities of the same non-empty key.
func (m *merger) byKey(reason string, key func(store.Person) string) {
	first := map[string][]int{}
	for i, p := range m.people {
		k := key(p)
		if k == "" {
			continue
		}
		joined := false
		for _, j := range first[k] {
			if m.join(i, j, reason) {
				joined = true
				break
			}
		}
		if !joined {
			first[k] = append(first[k], i)
		}
	}
}

// join makes two identities one person unless they must stay apart.
func (m *merger) join(i, j int, reason string) bool {
	a, b := m.root(i), m.root(j)
	if a == b {
		return true
	}
	for g, side := range m.sides[a] {
		if other, ok := m.sides[b][g]; ok && other != side {
			return false
		}
	}
	if m.people[b].IdentityID < m.people[a].IdentityID {
		a, b = b, a
	}
	m.parent[b] = a
	if m.sides[a] == nil && len(m.sides[b]) > 0 {
		m.sides[a] = map[int]int{}
	}
	for g, side := range m.sides[b] {
		m.sides[a][g] = side
	}
	if m.reason[i] == "" {
		m.reason[i] = reason
	}
	return true
}

func (m *merger) result(bots []string) []store.Person {
	declared := map[string]bool{}
	for _, b := range bots {
		declared[strings.ToLower(b)] = true
	}
	why := map[int]string{}
	for i, p := range m.people {
		if declared[strings.ToLower(p.Identity.Email)] {
			why[m.root(i)] = "the workspace says that it is a bot"
		} else if r := m.bot[p.IdentityID]; r != "" {
			why[m.root(i)] = r
		}
	}
	for i := range m.people {
		root := m.root(i)
		m.people[i].PersonID = m.people[root].IdentityID
		m.people[i].Reason = m.reason[i]
		m.people[i].IsBot = why[root] != ""
		if m.people[i].IsBot {
			m.people[i].Reason = why[root]
		}
	}
	return m.people
}

func emailKey(email string) string {
	e := strings.ToLower(strings.TrimSpace(email))
	if !strings.Contains(e, "@") || strings.HasPrefix(e, "noreply@") || strings.HasPrefix(e, "root@") || strings.HasPrefix(e, "you@") {
		return ""
	}
	return e
}

// The forms of addresses by which forges keep an e-mail private: ID+login@users.noreply.HOST of
// GitHub, ID-login@users.noreply.HOST of GitLab, login@noreply.HOST of Gitea and Forgejo.
var (
	noreply       = regexp.MustCompile(`(?i)^(?:\d+\+)?([a-z0-9][a-z0-9_.-]*)@(?:users\.)?noreply\.([a-z0-9][a-z0-9.-]*)$`)
	gitlabNoreply = regexp.MustCompile(`(?i)^\d+-([a-z0-9][a-z0-9_.-]*)@users\.noreply\.([a-z0-9][a-z0-9.-]*)$`)
)

// loginKey is HOST/login, where the two public forges go without .com.
func loginKey(email string) string {
	m := gitlabNoreply.FindStringSubmatch(email)
	if m == nil || strings.EqualFold(m[2], "github.com") { // a login of GitHub may begin with a number
		m = noreply.FindStringSubmatch(email)
	}
	if m == nil {
		return ""
	}
	host := strings.ToLower(m[2])
	if host == "github.com" || host == "gitlab.com" {
		host = strings.TrimSuffix(host, ".com")
	}
	return host + "/" + strings.ToLower(m[1])
}

// nickKey is a name that may be a login: one word of letters and digits, long or odd
// enough that hardly two people of one company go by it.
func nickKey(name string) string {
	if n := strings.ToLower(strings.TrimSpace(name)); len(n) >= 6 && nick.MatchString(n) && strings.ContainsAny(n, "0123456789-") || len(n) >= 9 && nick.MatchString(n) {
		return n
	}
	return ""
}

var nick = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// nameKey is a full name of at least two words, folded; one word is a nickname that
// two people may share.
func nameKey(name string) string {
	words := strings.Fields(strings.ToLower(strings.NewReplacer(".", " ", ",", " ", "_", " ").Replace(name)))
	if len(words) < 2 || len(strings.Join(words, "")) < 6 {
		return ""
	}
	if genericName[strings.Join(words, " ")] {
		return ""
	}
	return strings.Join(words, " ")
}

var genericName = map[string]bool{"your name": true, "first last": true, "john doe": true, "jane doe": true, "unknown user": true,
	"no author": true, "not committed yet": true, "system administrator": true, "ubuntu user": true, "local user": true}

var (
	botName = regexp.MustCompile(`(?i)\[bot\]$|^(dependabot|renovate|greenkeeper|snyk|whitesource|mergify|codecov|semantic-release|github[- ]actions?|gitlab[- ]ci|jenkins|circleci|buildkite|weblate|transifex|pre-commit-ci|imgbot|allcontributors|release-please|k8s-ci-robot|bors|homu|pyup|depfu|pull|stale|snyk|crowdin|deploy|build|ci)([-_. ]?(bot|ci|preview|server|user))*$|^travis[-_. ]?(ci|bot)$|\b(bot|robot)$|-(bot|robot|ci|automation)$|^(ci|build|deploy|release|automation)[-_ ](bot|user|account|service)\b`)
	botMail = regexp.MustCompile(`(?i)\[bot\]@|^(bot|ci|jenkins|build|deploy|automation|renovate|dependabot|support@dependabot|action|actions|noreply@github|noreply@gitlab)(@|$)|[-_.+](bot|ci|automation)@|^noreply@github\.com$|^support@(dependabot|greenkeeper)|@(renovateapp|dependabot|greenkeeper|mergify)\.`)
)

// botReason says why an identity is not a person; "" when it may be one.
func botReason(id fact.Identity) string {
	switch {
	case id.Name == "GitHub" && strings.EqualFold(id.Email, "noreply@github.com"):
		return "the forge itself"
	case botName.MatchString(strings.TrimSpace(id.Name)):
		return "its name is a bot's"
	case botMail.MatchString(id.Email):
		return "its e-mail is a bot's"
	}
	return ""
}
