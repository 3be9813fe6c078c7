package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/diarchy/diarchy/internal/ingest"
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
		fmt.Printf("%+v\n", r)
	}
	fmt.Println(st.Close())
}
