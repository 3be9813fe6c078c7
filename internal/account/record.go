package account

import (
	"context"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
)

// Record writes down what a viewer did: whatever changed something, and each view of
// people's data. What was asked for is answered only when this returns nil.
func (s *Service) Record(ctx context.Context, v access.Viewer, action, subject string, detail map[string]string) error {
	return s.ledger.Write(ctx, func(t *ledger.Tx) error {
		return t.Append(ledger.Event{Actor: v.Account, Action: action, Subject: subject, Detail: detail})
	})
}
