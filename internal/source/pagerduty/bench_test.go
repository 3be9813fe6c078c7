//go:build bench

package pagerduty

import (
	"testing"

	"github.com/diarchy/diarchy/internal/source/sourcebench"
)

func BenchmarkConnector(b *testing.B) { sourcebench.Run(b, connector()) }
