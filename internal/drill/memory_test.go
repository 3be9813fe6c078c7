package drill

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
)

const memoryLimit = "128MB"

// measureRole stores many generated facts and evaluates every metric, with little memory.
func measureRole(place string) {
	ctx := context.Background()
	var batches int
	_, err := fmt.Sscan(os.Getenv("DIARCHY_DRILL_BATCHES"), &batches)
	must(err)
	st, err := duckdb.Open(ctx, place, duckdb.Options{MemoryLimit: memoryLimit, Reserve: 1})
	must(err)
	must(st.PutRepository(ctx, "generated", "generated", sha(0)))
	must(st.PutLocation(ctx, store.Location{Location: "/generated", RepoID: "generated", Name: "generated", Status: "ok"}))
	must(st.PutScopes(ctx, []store.Scope{{Name: "company", Repos: []store.Belonging{{ID: "generated"}}}}))
	for i := range batches {
		must(st.Write(ctx, generated(i, 5000, 20)))
	}
	must(st.Settle(ctx))
	fmt.Println("stored")
	defs, err := metric.Catalogue()
	must(err)
	e := metric.Evaluator{Reader: st, AsOf: minute(batches * 5000), Calendar: metric.Calendar{Zone: "Europe/Berlin", WeekStart: "monday"}}
	for _, d := range defs {
		began := time.Now()
		_, err := e.EvaluateAll(ctx, d.Name)
		switch took := time.Since(began).Round(time.Millisecond); {
		case err == nil:
			fmt.Println("metric", d.Name, took)
		case problem.Hint(err) != "":
			fmt.Println("refused", d.Name, took, strings.ReplaceAll(err.Error(), "\n", " "))
		default:
			fmt.Println("broken", d.Name, took, strings.ReplaceAll(err.Error(), "\n", " "))
		}
	}
	must(st.Close())
	fmt.Println("closed")
}

// TestMemoryCeiling stores many rows and evaluates every metric with little memory, in
// a process that may not take more than a gigabyte: each statement ends, or says what
// it needs; the process is not killed.
func TestMemoryCeiling(t *testing.T) {
	t.Parallel()
	d := newTally(t)
	place := databases[0].fresh(t)
	batches := times(2, 30)
	p := start(t, "measure", databases[0], place, fmt.Sprint("DIARCHY_DRILL_BATCHES=", batches), "GOMEMLIMIT=512MiB")
	ended := false
	for l := range p.lines {
		word, rest, _ := strings.Cut(l, " ")
		switch word {
		case "metric", "refused":
			t.Log(l)
			d.ran(0, true)
		case "broken", "failed":
			t.Error(word, rest)
			d.ran(0, false)
		}
		ended = ended || word == "closed"
	}
	err := p.cmd.Wait()
	most := peak(p.cmd)
	t.Logf("%d rows of commits and changes, at most %d MB of memory", batches*5000*22, most>>20)
	if err != nil || !ended || d.runs < 20 {
		t.Errorf("%v, ended %v, after %d metrics", err, ended, d.runs)
	}
	if most > 1<<30 {
		t.Errorf("it took %d MB", most>>20)
	}
}

// TestOutOfMemory: a statement that needs more than it may take, and cannot be spilled,
// says so, and says how to allow more; others go on.
func TestOutOfMemory(t *testing.T) {
	t.Parallel()
	st, err := duckdb.Open(context.Background(), databases[0].fresh(t), duckdb.Options{MemoryLimit: "24MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // only read
	_, err = attempt(st, "SELECT len(list(i)) FROM range(30000000) r(i)")
	if err == nil || !strings.Contains(problem.Hint(err), "DIARCHY_MEMORY_LIMIT") || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error %q has the hint %q", err, problem.Hint(err))
	}
	if got := selected(t, st, "SELECT COUNT(*) FROM range(1000)"); got[0] != "1000" {
		t.Errorf("afterwards: %v", got)
	}
}
