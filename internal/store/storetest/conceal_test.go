package storetest

import (
	"context"
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// hidden conceals ann.
type hidden struct{}

func (hidden) Identity(id fact.Identity) fact.Identity {
	if id.Email == ann.Email {
		return fact.Identity{Name: "x", Email: "x@erased.invalid"}
	}
	return id
}

func (hidden) Text(s string) string { return strings.ReplaceAll(s, "Ann", "x") }

// concealSteps take a person out, and have what is read later come without the person.
func concealSteps() []step {
	named := commit("n", 1, ann)
	named.Subject, named.MarkerLines = "Ann's", []fact.MarkerLine{{Path: "x.go", Kind: "todo", Text: "TODO: ask Ann", Added: true}}
	later := commit("o", 2, bob, "n")
	later.Subject, later.Trailers = "for Ann", []fact.Trailer{{Key: "co-authored-by", Identity: ann}}
	write := func(c fact.Commit) step {
		return none("Write", func(ctx context.Context, st *store.Store) error {
			return st.Write(ctx, store.Batch{RepoID: "r", Location: "/n", Cursor: c.SHA, Commits: []fact.Commit{c},
				Decisions: []fact.DecisionVersion{{Path: "Ann/1.md", SHA: c.SHA, Title: "Ann said", Fields: []fact.DecisionField{{Kind: fact.DecisionDecider, Value: "Ann"}, {Kind: fact.DecisionLink, Value: "docs/Ann.md"}}}}})
		})
	}
	texts := query("SELECT c.subject, d.title, f.stated, i.name FROM commit c JOIN decision_version d ON d.sha = c.sha JOIN decision_field f ON f.sha = c.sha JOIN identity i ON i.identity_id = c.author_id ORDER BY c.sha, f.position",
		"x's x said x x", "x's x said docs/Ann.md x")
	conceal := func(c store.Concealer, all bool, want int) step {
		return step{"Conceal", func(ctx context.Context, st *store.Store) (any, error) { return st.Conceal(ctx, c, all) }, want}
	}
	return []step{
		write(named),
		{"OfPerson", func(ctx context.Context, st *store.Store) (any, error) {
			rows, err := st.OfPerson(ctx, store.IdentityID(ann), []int64{store.IdentityID(ann)})
			var out []string
			for _, r := range rows {
				out = append(out, fmt.Sprint(r.Table, " ", len(r.Rows), " ", r.Columns[0]))
			}
			return out, err
		}, []string{"identity 2 identity_id", "commit 1 repo_id", "person_merge 1 repo_id"}}, // bob was joined to ann above
		{"Mentions", func(ctx context.Context, st *store.Store) (any, error) { return st.Mentions(ctx, hidden{}) }, []store.Mention{
			{Table: "commit", Column: "subject", Text: "Ann's"}, {Table: "decision_field", Column: "stated", Text: "Ann"}, {Table: "decision_version", Column: "title", Text: "Ann said"}, {Table: "marker_line", Column: "note", Text: "TODO: ask Ann"}}},
		conceal(nil, true, 0),
		conceal(hidden{}, false, 5), // an identity and four texts
		texts,
		query("SELECT note FROM marker_line", "TODO: ask x"),
		query("SELECT email, reason, identity_id = person_id FROM identity WHERE name = 'x'", "x@erased.invalid erased true"),
		conceal(hidden{}, false, 0),
		write(later),
		query("SELECT c.subject, i.name, i.email FROM commit c JOIN trailer t ON t.sha = c.sha JOIN identity i ON i.identity_id = t.identity_id", "for x x x@erased.invalid"),
		{"Concealed", func(_ context.Context, st *store.Store) (any, error) { return st.Concealed(), nil }, int64(1)},
		conceal(nil, false, 0),
		none("Forget", func(ctx context.Context, st *store.Store) error { return st.Forget(ctx, "r") }),
	}
}
