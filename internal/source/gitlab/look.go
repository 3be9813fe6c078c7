package gitlab

import (
	"context"
	"errors"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// Look implements source.Feed.
func (f *Feed) Look(ctx context.Context) (source.Sight, error) {
	var sight source.Sight
	projects, err := f.find(ctx)
	if !errors.Is(err, api.ErrUnauthorized) && (errors.Is(err, api.ErrNotFound) || errors.Is(err, api.ErrForbidden)) {
		sight.Lacks = append(sight.Lacks, source.Lack{What: "projects", Why: err.Error(), Costs: "everything of them", Do: "look at their paths, and make the token's owner a member (Reporter or more)"})
	} else if err != nil {
		return sight, err
	}
	for _, p := range projects {
		if why := p.leftOut(f.projects); why != "" {
			sight.Lacks = append(sight.Lacks, source.Lack{Of: p.Path, What: "everything", Why: why, Costs: "what was done there", Do: "name it under projects if it matters"})
			continue
		}
		for _, k := range f.kinds() {
			if err := f.lookAt(ctx, p, k, &sight); err != nil {
				return sight, err
			}
		}
	}
	return f.workflow.Look(sight), nil
}

// lookAt asks for one item of a kind.
func (f *Feed) lookAt(ctx context.Context, p project, k kind, sight *source.Sight) error {
	lack := source.Lack{Of: p.Path, What: k.what, Costs: k.costs}
	off := k.access(p) == "disabled"
	var items []any
	var err error
	if !off {
		_, err = f.client.Get(ctx, p.api(k.path+"?per_page=1"), nil, &items)
	}
	switch {
	case off:
		lack.Why, lack.Do = "they are switched off", "if they are kept elsewhere, name that system too"
	case errors.Is(err, api.ErrForbidden), errors.Is(err, api.ErrNotFound):
		lack.Why, lack.Do = api.ErrForbidden.Error(), "give it the scope read_api, and the role Reporter or more"
	case err != nil:
		return err
	case len(items) == 0:
		lack.Why, lack.Do = "there are none", "if they are kept elsewhere, name that system too"
	default:
		sight.Sees = append(sight.Sees, source.Seen{Of: p.Path, What: k.what})
		return nil
	}
	sight.Lacks = append(sight.Lacks, lack)
	return nil
}
