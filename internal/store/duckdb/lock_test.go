package duckdb

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/problem"
)

// TestMain lets the test program hold a database open for a test.
func TestMain(m *testing.M) {
	path := os.Getenv("DIARCHY_TEST_HOLD")
	if path == "" {
		os.Exit(m.Run())
	}
	st, err := Open(context.Background(), path, Options{})
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString("open\n") //nolint:errcheck // the test waits for it
	bufio.NewReader(os.Stdin).ReadString('\n')
	st.Close() //nolint:errcheck // only held
}

func TestSecondProcessIsToldWhoHoldsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "it's", "facts.duckdb")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DIARCHY_TEST_HOLD="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait() //nolint:errcheck // it was told to end
	defer in.Close() //nolint:errcheck // ends it
	if l, err := bufio.NewReader(out).ReadString('\n'); l != "open\n" {
		t.Fatalf("%q, %v", l, err)
	}
	_, err = Open(context.Background(), path, Options{})
	if !errors.Is(err, problem.Locked) || problem.Hint(err) == "" || !strings.Contains(err.Error(), strconv.Itoa(cmd.Process.Pid)) {
		t.Errorf("error %v, want one that names process %d", err, cmd.Process.Pid)
	}
}

func TestNoWayOut(t *testing.T) {
	t.Parallel()
	st, err := Open(context.Background(), "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // in memory
	for _, q := range []string{"SELECT * FROM read_csv('/etc/passwd')", "COPY (SELECT 1) TO '/tmp/x.csv'", "ATTACH '/tmp/x.duckdb'", "INSTALL httpfs", "LOAD '/tmp/x.so'"} {
		rows, err := st.Query(context.Background(), q)
		if err == nil {
			rows.Close() //nolint:errcheck // it should not be open
			t.Errorf("%s: no error", q)
		}
	}
}
