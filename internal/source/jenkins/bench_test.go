//go:build bench

package jenkins

import (
	"testing"

	"github.com/diarchy/diarchy/internal/source/sourcebench"
)

func BenchmarkConnector(b *testing.B) { sourcebench.Run(b, connector()) }
