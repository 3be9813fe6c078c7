//go:build bench

package cdevents

import (
	"testing"

	"github.com/diarchy/diarchy/internal/source/sourcebench"
)

func BenchmarkConnector(b *testing.B) { sourcebench.RunFiles(b, events()) }
