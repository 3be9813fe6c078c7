package app

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/erase"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/workspace"
)

// somebodyKnown is one person in all that is kept: facts, documents and the ledger.
type somebodyKnown struct {
	id     string           // in the organisation document; "" when it is nobody there
	groups [][]store.Person // identities, those that facts take for one person together
	others []fact.Identity  // of everybody else
	named  erase.Named      // by documents and accounts
	erased string           // the pseudonym of one who is erased already
}

// identities are all of the person's.
func (k *somebodyKnown) identities() []store.Person { return slices.Concat(k.groups...) }

// personFiles is what one command on a person works on.
type personFiles struct {
	*session
	database string
	ledger   *ledger.Ledger // nil when there is none
	known    *erase.Concealer
}

// openPerson opens facts and ledger, without reading any source.
func (p *program) openPerson(ctx context.Context, s *session) (f *personFiles, err error) {
	f = &personFiles{session: s}
	places, err := s.places()
	if err != nil {
		return nil, err
	}
	f.database = s.database(places)
	if f.ledger, err = s.ledgerThere(ctx); err != nil {
		return nil, err
	}
	if f.known, err = concealer(ctx, f.ledger); err != nil {
		return nil, errors.Join(err, f.close())
	}
	if err := s.open(ctx, places); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (f *personFiles) close() error {
	f.session.close()
	if f.ledger == nil {
		return nil
	}
	return f.ledger.Close()
}

// ledgerThere opens the ledger of the workspace; nil when there is none.
func (s *session) ledgerThere(ctx context.Context) (*ledger.Ledger, error) {
	if s.settings.Ledger == "" {
		return nil, nil
	}
	l, err := s.openLedger(ctx, false)
	if errors.Is(err, ledger.ErrNone) {
		return nil, nil
	}
	return l, err
}

// concealer is of whom nothing may be kept, by a ledger; nil when that is nobody.
func concealer(ctx context.Context, l *ledger.Ledger) (*erase.Concealer, error) {
	if l == nil {
		return nil, nil
	}
	all, err := l.Erasures(ctx)
	if err != nil {
		return nil, err
	}
	return concealing(l, all), nil
}

func concealing(l *ledger.Ledger, all []ledger.Erasure) *erase.Concealer {
	var of []erase.Erasure
	for _, e := range all {
		one := erase.Erasure{Pseudonym: e.Person}
		for _, k := range e.Keys {
			one.Keys = append(one.Keys, erase.Key{Kind: erase.Kind(k.Kind), Words: k.Words, Hash: k.Hash})
		}
		of = append(of, one)
	}
	return erase.New(l.Keyed, of)
}

// concealed is of whom no source may bring anything back; nil when that is nobody.
func (s *session) concealed(ctx context.Context) (_ store.Concealer, err error) {
	l, err := s.ledgerThere(ctx)
	if err != nil || l == nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	c, err := concealer(ctx, l)
	if c == nil {
		return nil, err // not a nil in the form of an interface
	}
	return c, err
}

// concealIn takes erased people out of facts that came from elsewhere.
func (s *session) concealIn(ctx context.Context, st *store.Store) error {
	c, err := s.concealed(ctx)
	if err == nil {
		_, err = st.Conceal(ctx, c, true)
	}
	return err
}

// find looks for a person by an address, a login, a name, an id of the organisation
// document, the name of an account, or the pseudonym of one who was erased.
func (f *personFiles) find(ctx context.Context, who string) (*somebodyKnown, error) {
	k := &somebodyKnown{}
	if who = strings.TrimSpace(who); who == "" {
		return nil, problem.New(problem.Usage, "give an address, a login, a name or an id", "nobody is named")
	}
	if k.erased = f.pseudonymOf(who); k.erased != "" {
		who = k.erased
	}
	is := func(s string) bool { return s != "" && strings.EqualFold(s, who) }
	if err := f.inDocument(k, is); err != nil {
		return nil, err
	}
	if err := f.inAccounts(ctx, k, is); err != nil {
		return nil, err
	}
	f.joined(k, is)
	if err := f.inFacts(ctx, k, is); err != nil {
		return nil, err
	}
	if k.id == "" && len(k.groups) == 0 && len(k.named.Logins) == 0 && k.erased == "" {
		return nil, problem.New(problem.Missing, "diarchy facts identity prints the names and addresses of facts, diarchy org show the people of the document", "nobody is called %q", who)
	}
	return k, nil
}

// pseudonymOf is the pseudonym of one who is erased; "" for everybody else.
func (f *personFiles) pseudonymOf(who string) string {
	if erase.Pseudonym(who+"@erased.invalid") == who {
		return who
	}
	if new := f.known.Value(who); new != who {
		if p := erase.Pseudonym(new); p != "" {
			return p
		}
		return new
	}
	return ""
}

// inDocument looks in the organisation document.
func (f *personFiles) inDocument(k *somebodyKnown, is func(string) bool) error {
	chart, err := f.organisation()
	if err != nil || chart == nil {
		return err
	}
	for _, p := range chart.Document().People {
		if !is(p.ID) && !is(p.Name) && !slices.ContainsFunc(p.Emails, is) && !slices.ContainsFunc(p.Logins, is) {
			continue
		}
		if k.id != "" {
			return problem.New(problem.Usage, "give one of the ids", "%s and %s of the organisation document are called so", k.id, p.ID)
		}
		k.id = p.ID
		k.named.Names, k.named.Addresses, k.named.Logins = append(k.named.Names, p.Name), append(k.named.Addresses, p.Emails...), append(append(k.named.Logins, p.Logins...), p.ID)
	}
	return nil
}

// inAccounts looks in the accounts of the server.
func (f *personFiles) inAccounts(ctx context.Context, k *somebodyKnown, is func(string) bool) error {
	if f.ledger == nil {
		return nil
	}
	all, err := account.New(f.ledger, account.Options{}).List(ctx, account.Operator())
	for _, a := range all {
		if k.id != "" && a.Person == k.id || a.Person == "" && is(a.Name) {
			k.named.Logins = append(k.named.Logins, a.Name)
		}
	}
	return err
}

// joined adds addresses that the workspace says are of the same person.
func (f *personFiles) joined(k *somebodyKnown, is func(string) bool) {
	if f.doc == nil {
		return
	}
	for _, rule := range f.doc.Identities.Merge {
		mine := func(address string) bool {
			return is(address) || slices.ContainsFunc(k.named.Addresses, func(a string) bool { return strings.EqualFold(a, address) })
		}
		if slices.ContainsFunc(rule.Of, mine) {
			k.named.Addresses = append(k.named.Addresses, rule.Of...)
		}
	}
}

// inFacts looks among the names and addresses of facts.
func (f *personFiles) inFacts(ctx context.Context, k *somebodyKnown, is func(string) bool) error {
	all, err := f.store.Identities(ctx)
	if err != nil {
		return err
	}
	byPerson := map[int64][]store.Person{}
	for _, p := range all {
		byPerson[p.PersonID] = append(byPerson[p.PersonID], p)
	}
	found := k.among(all, is)
	if len(found) > 1 && k.id == "" {
		return problem.New(problem.Usage, "give an address; diarchy facts identity prints all", "%d people are called so", len(found))
	}
	for _, id := range slices.Sorted(maps.Keys(byPerson)) {
		people := byPerson[id]
		switch {
		case !found[id]:
			for _, p := range people {
				k.others = append(k.others, p.Identity)
			}
		case people[0].IsBot:
			return problem.New(problem.Usage, "what is no bot stands apart by identities: split: in diarchy.yaml", "%s is taken for a bot, which is nobody", people[0].Identity.Name)
		default:
			k.groups = append(k.groups, people)
		}
	}
	return nil
}

// among are the people of facts who are the one that is asked for, by addresses and
// logins; by name only where these tell nobody, since two can have it.
func (k *somebodyKnown) among(all []store.Person, is func(string) bool) map[int64]bool {
	found := map[int64]bool{}
	collect := func(mine func(fact.Identity) bool) {
		for _, p := range all {
			if mine(p.Identity) {
				found[p.PersonID] = true
			}
		}
	}
	collect(func(id fact.Identity) bool {
		address := func(a string) bool { return strings.EqualFold(a, id.Email) }
		login := func(l string) bool { return l != "" && strings.EqualFold(l, erase.Login(id.Email)) }
		return is(id.Email) || is(erase.Login(id.Email)) || k.erased != "" && erase.Pseudonym(id.Email) == k.erased ||
			slices.ContainsFunc(k.named.Addresses, address) || slices.ContainsFunc(k.named.Logins, login)
	})
	if len(found) == 0 {
		collect(func(id fact.Identity) bool {
			name := func(n string) bool { return n != "" && strings.EqualFold(n, id.Name) }
			return is(id.Name) || slices.ContainsFunc(k.named.Names, name)
		})
	}
	return found
}

// papers are the documents of the workspace that are there.
func (s *session) papers() (out []string, err error) {
	if s.doc.Dir() == "" {
		return nil, nil
	}
	plans, err := filepath.Glob(filepath.Join(s.doc.Dir(), scenariosDir, "*.yaml"))
	for _, path := range append(s.doc.Paths(), plans...) {
		if _, err := os.Stat(path); err == nil {
			out = append(out, path)
		}
	}
	return out, err
}

// relative is a document's path as users know it.
func (s *session) relative(path string) string {
	if rel, err := filepath.Rel(s.doc.Dir(), path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}

// parses refuses a document that is none any more.
func parses(path string, text []byte) (err error) {
	switch name := filepath.Base(path); {
	case filepath.Base(filepath.Dir(path)) == scenariosDir:
		_, err = workspace.ParseScenarios(path, text)
	case name == workspace.FileName:
		_, err = workspace.Parse(path, text)
	case name == workspace.OrganisationFile:
		_, err = workspace.ParseOrganisation(path, text)
	case name == workspace.AgreementFile:
		_, err = workspace.ParseAgreement(path, text)
	case name == workspace.AlignmentFile:
		_, err = workspace.ParseOutcomes(path, text)
	}
	if err != nil {
		return problem.New(problem.Invalid, "name the person otherwise in it by hand, and try again", "without the name the document would not hold: %w", err)
	}
	return nil
}
