package drill

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/store"
)

const (
	checkpointBatches = 4
	checkpointCommits = 1200
)

// tidyRole stores batches, says so, and has the database tidy its files.
func tidyRole(place string) {
	ctx := context.Background()
	st, err := roleDatabase().open(ctx, place)
	must(err)
	must(st.PutLocation(ctx, store.Location{Location: "/generated", RepoID: "generated", Status: "ok"}))
	for i := range checkpointBatches {
		must(st.Write(ctx, generated(i, checkpointCommits, 3)))
	}
	fmt.Println("tidy")
	must(st.Settle(ctx))
	fmt.Println("tidied")
	must(st.Close())
	fmt.Println("closed")
}

// TestKilledWhileTidying kills processes while the log is written to the file (DuckDB),
// or statistics are made (PostgreSQL): all that was stored is there.
func TestKilledWhileTidying(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db database, d *tally) {
		took, _ := record(t, start(t, "tidy", db, db.fresh(t)))
		r := rand.New(rand.NewPCG(13, uint64(time.Now().UnixNano())))
		for killed := 0; killed < times(6, 200) && !t.Failed(); {
			place := db.fresh(t)
			m := moment{"tidy", 1, time.Duration(r.Int64N(int64(took["tidy"] + took["tidied"])))}
			if !killAt(start(t, "tidy", db, place), m, func(string) {}) {
				continue
			}
			killed++
			began := time.Now()
			st := db.reopen(t, place)
			reopened := time.Since(began)
			n := checkpointBatches * checkpointCommits
			want := fmt.Sprintf("%d | %d | %d | %d", n, n, 3*n, checkpointBatches-1)
			got := selected(t, st, `SELECT (SELECT COUNT(*) FROM commit), (SELECT COUNT(DISTINCT sha) FROM commit),
				(SELECT COUNT(*) FROM file_change), (SELECT MAX(cursor_state) FROM location)`)
			faults, err := st.Check(context.Background(), func(string) string { return "" })
			if got[0] != want || len(faults) > 0 || err != nil {
				t.Errorf("killed %v: %s, want %s; %v, %v", m, got[0], want, faults, err)
			}
			d.ran(reopened, !t.Failed())
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}
