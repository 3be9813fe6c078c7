package facts

import (
	"context"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// shapesOfRepository is how many files of a repository are measured.
const shapesOfRepository = 300

// Write stores the company: its repositories are first read a year before the end, one
// after the other, and then in turn as often as the options say. What follows from
// facts is left to the caller.
func (c *Company) Write(ctx context.Context, st *store.Store, progress func(to time.Time)) error {
	for _, r := range c.repos {
		if err := st.PutRepository(ctx, r.id, r.name, r.id); err != nil {
			return err
		}
		if err := st.PutLocation(ctx, store.Location{Location: "/" + r.name, RepoID: r.id, Name: r.name, Branch: "main", Status: "ok", ReadAt: c.opts.Until}); err != nil {
			return err
		}
	}
	readings := c.opts.Readings
	if readings == 0 {
		readings = 12
	}
	from := c.began
	for i := range readings + 1 {
		to := c.opts.Until.AddDate(0, 0, -365*(readings-i)/readings)
		if err := c.read(ctx, st, from, to); err != nil {
			return err
		}
		progress(to)
		from = to
	}
	if err := c.putPeople(ctx, st); err != nil {
		return err
	}
	return st.PutScopes(ctx, c.scopes())
}

// News stores what happens after the end of the company and before another time, as one more
// reading of every repository.
func (c *Company) News(ctx context.Context, st *store.Store, to time.Time) error {
	if err := c.read(ctx, st, c.opts.Until, to); err != nil {
		return err
	}
	return c.putPeople(ctx, st)
}

func (c *Company) read(ctx context.Context, st *store.Store, from, to time.Time) error {
	for _, r := range c.repos {
		if err := r.write(from, to, func(b store.Batch) error { return st.Write(ctx, b) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *Company) putPeople(ctx context.Context, st *store.Store) error {
	people, err := st.Identities(ctx)
	if err != nil {
		return err
	}
	first := map[string]int64{}
	for _, p := range people {
		if id, ok := first[p.Identity.Name]; !ok || p.IdentityID < id {
			first[p.Identity.Name] = p.IdentityID
		}
	}
	for i, p := range people {
		people[i].PersonID, people[i].IsBot = personOf(p.Identity, first), isBot(p.Identity)
	}
	return st.PutIdentities(ctx, people)
}

// Shapes gives the measured files of every repository, by its id.
func (c *Company) Shapes(each func(repoID string, shapes []fact.FileShape) error) error {
	for _, r := range c.repos {
		if err := each(r.id, r.shapes(shapesOfRepository)); err != nil {
			return err
		}
	}
	return nil
}
