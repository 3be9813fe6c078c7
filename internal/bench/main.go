// Command bench compares the time and memory in which diarchy reads a whole history
// into facts with those of `git log --numstat -M --no-merges`, which counts the same
// lines and keeps nothing. Runs alternate, so that both meet the same machine. It is
// run by `make bench` and is no part of the program.
//
// "bench scale" measures metrics over the facts of a synthetic company of any size; it
// is run by `make bench-scale`. "bench serve" lets fifty users read the rooms at once; it is
// run by `make bench-serve`.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 1 && (os.Args[1] == "scale" || os.Args[1] == "serve") {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		if err := map[string]func(context.Context, []string) error{"scale": scale, "serve": load}[os.Args[1]](ctx, os.Args[2:]); err != nil {
			fmt.Fprintf(os.Stderr, "bench %s: %v\n", os.Args[1], err)
			os.Exit(1)
		}
		return
	}
	program := flag.String("program", "bin/diarchy", "the program to measure")
	runs := flag.Int("runs", 5, "runs of each")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *program, flag.Arg(0), max(*runs, 1)); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures both on a repository; "" makes the demo company and takes its largest.
func run(ctx context.Context, program, repo string, runs int) error {
	temp, err := os.MkdirTemp("", "diarchy-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if repo == "" {
		if repo, err = demo(ctx, program, temp); err != nil {
			return err
		}
	}
	commits, err := exec.CommandContext(ctx, "git", "-C", repo, "rev-list", "--count", "HEAD").Output()
	if err != nil {
		return fmt.Errorf("%s: %w", repo, err)
	}
	fmt.Printf("%s: %s commits; %d cores; median of %d alternating runs after one to warm up\n\n",
		filepath.Base(repo), strings.TrimSpace(string(commits)), runtime.NumCPU(), runs)

	var gits, ours []cost
	for i := range runs + 1 {
		g, err := measure(exec.CommandContext(ctx, "git", "-C", repo, "log", "--numstat", "-M", "--no-merges"))
		if err != nil {
			return err
		}
		database := filepath.Join(temp, fmt.Sprintf("facts-%d.duckdb", i))
		d, err := measure(exec.CommandContext(ctx, program, "sync", "--quiet", "--database", database, repo))
		if err != nil {
			return err
		}
		if i > 0 {
			gits, ours = append(gits, g), append(ours, d)
		}
	}
	show(gits, ours)
	return nil
}

// demo makes the demo company and returns its repository with the longest history.
func demo(ctx context.Context, program, temp string) (string, error) {
	dir := filepath.Join(temp, "company")
	cmd := exec.CommandContext(ctx, program, "demo", "--quiet", "--database", filepath.Join(temp, "demo.duckdb"), dir)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("make the demo company: %w", err)
	}
	return filepath.Join(dir, "repos", "storefront.git"), nil
}

// cost is what one run took.
type cost struct {
	wall, cpu     time.Duration
	largest, tree int64 // bytes: the largest process; all processes together, as sampled
}

// partial is the exit status of a diarchy that read all but a part.
const partial = 4

// measure runs a command and throws its output away.
func measure(cmd *exec.Cmd) (cost, error) {
	var c cost
	cmd.Stderr = os.Stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return c, err
	}
	done := make(chan struct{})
	peak := make(chan int64, 1)
	go func() { peak <- watch(cmd.Process.Pid, done) }()
	err := cmd.Wait()
	c.wall = time.Since(began)
	close(done)
	c.tree = <-peak
	if state := cmd.ProcessState; state != nil {
		c.cpu, c.largest = state.UserTime()+state.SystemTime(), peakOf(state)
		if state.ExitCode() == partial {
			err = nil
		}
	}
	if err != nil {
		return c, fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return c, nil
}

func show(gits, ours []cost) {
	row := func(name, format string, of func(cost) float64) {
		g, d := median(gits, of), median(ours, of)
		var ratios []float64
		for i := range gits {
			ratios = append(ratios, of(ours[i])/of(gits[i]))
		}
		if g == 0 {
			fmt.Printf("%-32s not measured on this system\n", name)
			return
		}
		fmt.Printf("%-32s "+format+" "+format+"   %.2f (%.2f to %.2f)\n", name, g, d, d/g, slices.Min(ratios), slices.Max(ratios))
	}
	fmt.Printf("%-32s %10s %10s   %s\n", "", "git log", "diarchy", "ratio (of single runs)")
	row("time, s", "%10.2f", func(c cost) float64 { return c.wall.Seconds() })
	row("processor time, s", "%10.2f", func(c cost) float64 { return c.cpu.Seconds() })
	row("memory, largest process, MiB", "%10.0f", func(c cost) float64 { return float64(c.largest) / (1 << 20) })
	row("memory, all processes, MiB", "%10.0f", func(c cost) float64 { return float64(c.tree) / (1 << 20) })
	fmt.Println("\nMemory of all processes is sampled, and counts pages that several processes share once for each.")
}

func median(costs []cost, of func(cost) float64) float64 {
	var values []float64
	for _, c := range costs {
		values = append(values, of(c))
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
