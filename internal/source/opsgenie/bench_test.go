//go:build bench

package opsgenie

import (
	"testing"

	"github.com/diarchy/diarchy/internal/source/sourcebench"
)

func BenchmarkConnector(b *testing.B) { sourcebench.Run(b, connector()) }
