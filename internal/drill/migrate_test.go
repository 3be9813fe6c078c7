package drill

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// openRole opens a database, which brings its schema up to date.
func openRole(place string) {
	fmt.Println("open")
	st, err := roleDatabase().open(context.Background(), place)
	must(err)
	fmt.Println("opened")
	must(st.Close())
	fmt.Println("closed")
}

// step is a migration as a newest database remembers it.
type step struct {
	name, checksum string
	statements     []string
}

// steps are those of a database, in their order.
func steps(t testing.TB, db database) (out []step) {
	t.Helper()
	st, err := db.open(context.Background(), db.fresh(t))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // only read
	for _, row := range selected(t, st, "SELECT name, checksum FROM schema_migration") {
		name, checksum, _ := strings.Cut(row, " | ")
		file := filepath.Join("../store/migrations", name)
		if strings.Contains(name, "/") { // of this database alone
			file = filepath.Join("../store", db.name, name)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := step{name: name, checksum: checksum}
		for _, statement := range strings.Split(string(text), ";\n") {
			if strings.TrimSpace(statement) != "" {
				s.statements = append(s.statements, statement)
			}
		}
		out = append(out, s)
	}
	if len(out) < 3 {
		t.Fatalf("%d migrations", len(out))
	}
	return out
}

// old makes a database as it was before some steps, with rows that they must carry over
// or take out.
func old(t testing.TB, db database, place string, steps []step, version, rows int) {
	t.Helper()
	raw := db.raw(t, place)
	defer raw.Close() //nolint:errcheck // a failed statement ends the test
	exec := func(statement string, args ...any) {
		t.Helper()
		if _, err := raw.Exec(statement, args...); err != nil {
			t.Fatalf("%.60s: %v", statement, err)
		}
	}
	exec(`CREATE TABLE schema_migration (name varchar COLLATE "C" NOT NULL PRIMARY KEY, checksum varchar NOT NULL, applied_at timestamptz NOT NULL)`)
	for _, s := range steps[:version] {
		for _, statement := range s.statements {
			exec(statement)
		}
		exec("INSERT INTO schema_migration VALUES ($1, $2, now())", s.name, s.checksum)
	}
	if version > 0 {
		exec(fmt.Sprintf(`INSERT INTO file_change SELECT 'r', CAST(i AS varchar), 'path' || CAST(i %% 100 AS varchar), '', 'M', i, i, false, 'code' FROM generate_series(1, %d) s(i)`, rows))
		exec(fmt.Sprintf(`INSERT INTO commit SELECT 'r', CAST(i AS varchar), i, 1, 1, now(), 0, now(), 0, 1, 'subject', false, '', false, false, true, CAST(i AS varchar), now() FROM generate_series(1, %d) s(i)`, rows/4))
	}
}

// schema is how many steps a database says it has taken, every column and index that
// it has, and how much is in the largest tables.
func schema(t testing.TB, raw *sql.DB) (version int, columns []string, rows int) {
	t.Helper()
	if err := raw.QueryRow("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'schema_migration'").Scan(&version); err != nil {
		t.Fatal(err)
	}
	if version > 0 {
		if err := raw.QueryRow("SELECT COUNT(*) FROM schema_migration").Scan(&version); err != nil {
			t.Fatal(err)
		}
	}
	list, err := raw.Query(`SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name <> 'schema_migration'
		UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE 'schema_%' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close() //nolint:errcheck // only read
	for list.Next() {
		var c string
		if err := list.Scan(&c); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	if version > 0 {
		if err := raw.QueryRow("SELECT (SELECT COUNT(*) FROM commit) + (SELECT COUNT(*) FROM file_change)").Scan(&rows); err != nil {
			t.Fatal(err)
		}
	}
	return version, columns, rows
}

// carried is how many rows are there after a step: the third one has everything read
// again.
func carried(from, version, rows int) int {
	if from == 0 || from < 3 && version >= 3 {
		return 0
	}
	return rows
}

// starts are the versions that are brought up to date: in the quick form the first, the
// last but one, and two between them.
func starts(r *rand.Rand, versions int) (out []int) {
	if long {
		for v := range versions {
			out = append(out, v)
		}
		return out
	}
	between := r.Perm(versions - 2)
	return []int{0, 1 + between[0], 1 + between[1], versions - 1}
}

// TestKilledWhileMigrating kills processes that bring an old database up to date: its
// schema, and the rows that a step takes out, are exactly those before or after a step.
func TestKilledWhileMigrating(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db database, d *tally) {
		rows := times(10_000, 400_000)
		steps := steps(t, db)
		var want [][]string // columns, by version
		for v := range len(steps) + 1 {
			place := db.fresh(t)
			old(t, db, place, steps, v, 0)
			raw := db.raw(t, place)
			_, columns, _ := schema(t, raw)
			raw.Close() //nolint:errcheck // only read
			want = append(want, columns)
		}
		full := rows + rows/4
		r := rand.New(rand.NewPCG(14, uint64(time.Now().UnixNano())))
		seen := map[int]int{}
		for _, from := range starts(r, len(steps)) {
			place := db.fresh(t)
			old(t, db, place, steps, from, rows)
			took, _ := record(t, start(t, "open", db, place))
			for killed := 0; killed < times(3, 150) && !t.Failed(); {
				place := db.fresh(t)
				old(t, db, place, steps, from, rows)
				m := moment{"open", 1, time.Duration(r.Int64N(int64(took["open"] + took["opened"])))}
				p := start(t, "open", db, place)
				if !killAt(p, m, func(string) {}) {
					continue
				}
				killed++
				db.gone(t, place, p)
				raw := db.raw(t, place)
				version, columns, n := schema(t, raw)
				raw.Close() //nolint:errcheck // only read
				seen[version]++
				if diff := cmp.Diff(want[version], columns); diff != "" {
					t.Errorf("killed %v: says version %d, but (-want +got):\n%s", m, version, diff)
				}
				if left := carried(from, version, full); n != left {
					t.Errorf("killed %v: version %d with %d of %d rows", m, version, n, left)
				}
				began := time.Now()
				st, err := db.open(context.Background(), place)
				if err != nil {
					t.Fatalf("killed %v: %v", m, err)
				}
				d.ran(time.Since(began), !t.Failed())
				if err := st.Close(); err != nil {
					t.Error(err)
				}
				raw = db.raw(t, place)
				if version, columns, n := schema(t, raw); version != len(steps) || cmp.Diff(want[version], columns) != "" || n != carried(from, version, full) {
					t.Errorf("killed %v, opened again: version %d, %d rows, columns %v", m, version, n, columns)
				}
				raw.Close() //nolint:errcheck // only read
			}
		}
		t.Logf("kills by the version that they left: %v", seen)
	})
}
