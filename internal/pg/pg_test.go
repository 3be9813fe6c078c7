package pg

import (
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/problem"
)

func TestOldServers(t *testing.T) {
	for version, ok := range map[int]bool{90624: false, 140019: false, 150000: true, 180001: true} {
		if err := (Place{}).suits(version, "that", "UTF8"); (err == nil) != ok || err != nil && !strings.Contains(problem.Hint(err), "15") {
			t.Errorf("%d: %v", version, err)
		}
	}
}
