package api

import (
	"context"
	"errors"
	"fmt"
)

// Stream is what is read apart from a system.
type Stream struct {
	Name string
	Read func(ctx context.Context, name string) error
}

// Each reads streams one after another. One that fails does not keep the next from being read,
// unless none can be: the token is not valid, or the limit of requests is used up.
func Each(ctx context.Context, streams []Stream) error {
	var failed []error
	for _, s := range streams {
		err := s.Read(ctx, s.Name)
		if err == nil {
			continue
		}
		failed = append(failed, fmt.Errorf("%s: %w", s.Name, err))
		if ctx.Err() != nil || errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrLimited) {
			break
		}
	}
	return errors.Join(failed...)
}
