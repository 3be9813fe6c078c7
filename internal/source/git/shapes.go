package git

import (
	"bytes"
	"context"
	"strings"
	"sync"

	"github.com/boyter/scc/v3/processor"
	"github.com/diarchy/diarchy/internal/fact"
)

// sccOnce and sccMutex guard scc, which keeps its language tables in package state.
var (
	sccOnce  sync.Once
	sccMutex sync.Mutex
)

// largestShape is the largest file whose branches are counted.
const largestShape = longestDocument

// Shapes measures files as they stand at the head. Files that are gone, binary,
// larger than 256 KiB or in no known language are left out.
func (s *Source) Shapes(ctx context.Context, paths []string) ([]fact.FileShape, error) {
	var names, asked []string
	for _, p := range paths {
		if !strings.ContainsAny(p, "\n") {
			names = append(names, s.place.Head+":"+p)
			asked = append(asked, p)
		}
	}
	if len(names) == 0 || s.place.Head == "" {
		return nil, nil
	}
	var shapes []fact.FileShape
	i := 0
	err := s.repo().blobs(ctx, names, func(content []byte, ok bool) {
		p := asked[i]
		i++
		if !ok || len(content) >= largestShape || bytes.IndexByte(content, 0) >= 0 {
			return
		}
		if shape, ok := shapeOf(p, content); ok {
			shapes = append(shapes, shape)
		}
	})
	return shapes, err
}

func shapeOf(path string, content []byte) (fact.FileShape, bool) {
	sccOnce.Do(func() {
		processor.ConfigureLazy(true) // a table for each language that is met, not for all of them
		processor.ProcessConstants()
	})
	sccMutex.Lock()
	defer sccMutex.Unlock()
	languages, _ := processor.DetectLanguage(path)
	if len(languages) == 0 {
		return fact.FileShape{}, false
	}
	processor.LoadLanguageFeature(languages[0])
	job := &processor.FileJob{Filename: path, Language: languages[0], Content: content, Bytes: int64(len(content))}
	processor.CountStats(job)
	return fact.FileShape{Path: path, Language: languages[0], Lines: job.Lines, Complexity: job.Complexity}, true
}
