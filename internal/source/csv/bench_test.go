//go:build bench

package csv

import (
	"testing"

	"github.com/diarchy/diarchy/internal/source/sourcebench"
)

func BenchmarkConnector(b *testing.B) {
	b.Run("files", func(b *testing.B) { sourcebench.RunFiles(b, files()) })
	b.Run("pushed", func(b *testing.B) { sourcebench.RunFiles(b, pushes()) })
}
