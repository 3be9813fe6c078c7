package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/store/duckdb"
)

func main() {
	ctx := context.Background()
	st, err := duckdb.Open(ctx, os.Args[1], duckdb.Options{})
	if err != nil {
		panic(err)
	}
	var srcs []source.Source
	for _, p := range os.Args[2:] {
		found, err := git.Find(ctx, p)
		if err != nil {
			panic(err)
		}
		for _, f := range found {
			srcs = append(srcs, &git.Source{Dir: f})
		}
	}
	t := time.Now()
	res, err := ingest.Run(ctx, st, srcs, ingest.Options{Now: time.Now})
	fmt.Println(err, time.Since(t))
	for _, r := range res {
		fmt.Printf("%+v\n", r.Skipped)
	}
	defs, err := metric.Catalogue()
	if err != nil {
		panic(err)
	}
	e := metric.Evaluator{Reader: st, AsOf: time.Date(2026, 8, 21, 0, 0, 0, 0, time.UTC)}
	for _, d := range defs {
		t := time.Now()
		s, err := e.Evaluate(ctx, d)
		fmt.Printf("%-24s %6dms %v", d.Name, time.Since(t).Milliseconds(), err)
		p := s.Points
		if len(p) > 8 {
			p = p[len(p)-8:]
		}
		for _, x := range p {
			fmt.Printf(" %.2f(%d)", x.Value, x.N)
		}
		fmt.Println(s.Missing)
		t = time.Now()
		if _, _, err = e.Facts(ctx, d, e.AsOf.AddDate(0, -3, 0), e.AsOf, 5); err != nil {
			fmt.Println("   facts", err)
		}
		if time.Since(t) > 100*time.Millisecond {
			fmt.Println("   facts", time.Since(t))
		}
	}
	fmt.Println(st.Close())
}
