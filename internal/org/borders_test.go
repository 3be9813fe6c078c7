package org

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

const owned = `
teams:
  - {id: pay}
  - {id: shop}
ownership:
  - {team: shop, repository: mono}
  - {team: pay, repository: mono, path: /pay/}
  - {team: pay, repository: ledger}
`

func touches(lines ...string) func(func(Touch) bool) {
	return func(yield func(Touch) bool) {
		for i, l := range lines {
			for _, path := range strings.Fields(l) {
				repository, file, _ := strings.Cut(path, ":")
				if !yield(Touch{repository, fmt.Sprint(i), file}) {
					return
				}
			}
		}
	}
}

// TestBorders: a case that is counted by hand.
func TestBorders(t *testing.T) {
	s := parse(t, owned).At(0)
	b := s.Borders(touches("mono:pay/a mono:pay/b", "mono:pay/a mono:web/c", "mono:web/c", "other:x", "ledger:a ledger:b", strings.Repeat("mono:pay/a mono:web/c ", 150)))
	if b.Changes != 4 || b.Across != 1 || b.Unowned != 1 {
		t.Errorf("%+v", b)
	}
	if want := []Pair{{"pay", "shop", 1}}; !slices.Equal(b.Pairs, want) {
		t.Errorf("%v", b.Pairs)
	}
	if !math.IsNaN(b.Share()) || b.Claim(true).State != "unknown" || b.Claim(false).How == "" {
		t.Error("four changes are no share")
	}
}

// TestMisplaced: an area that changes with another team's code is found, and nothing is
// where each team changes its own.
func TestMisplaced(t *testing.T) {
	s := parse(t, owned).At(0)
	var calm, mixed []string
	for range 40 {
		calm = append(calm, "mono:pay/in/a mono:pay/out/b", "mono:web/a/x mono:web/b/y")
		mixed = append(mixed, "mono:pay/in/a mono:pay/out/b", "mono:web/a/x mono:web/b/y", "mono:pay/cart/z mono:web/a/x mono:web/b/y")
	}
	if b := s.Borders(touches(calm...)); len(b.Areas) > 0 || b.Share() != 0 {
		t.Errorf("calm: %+v", b)
	}
	b := s.Borders(touches(mixed...))
	if len(b.Areas) != 1 || b.Areas[0].Name != "mono/pay/cart" || b.Areas[0].Team != "pay" || b.Areas[0].With != "shop" || b.Areas[0].Shared != 40 {
		t.Errorf("mixed: %+v", b.Areas)
	}
	if c := b.Claim(true); c.Value != 1.0/3 || c.Low > 1.0/3 || c.High < 1.0/3 {
		t.Errorf("%+v", c)
	}
}
