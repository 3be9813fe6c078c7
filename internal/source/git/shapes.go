package git

import (
	"bytes"
	"context"
	"slices"
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

// shapeReader is the version of the measure: it is written before the name of each content that
// was measured, so that another version measures all of them again.
const shapeReader = "1:"

// Shapes measures files as they stand at the head. Files that are gone, binary,
// larger than 256 KiB or in no known language are left out. What is known of the content that
// stands there is taken from known.
func (s *Source) Shapes(ctx context.Context, paths []string, known []fact.FileShape) ([]fact.FileShape, error) {
	names, err := s.contents(ctx, paths)
	if err != nil {
		return nil, err
	}
	measured := map[[2]string]fact.FileShape{}
	for _, k := range known {
		measured[[2]string{k.Path, k.Blob}] = k
	}
	shapes := make([]fact.FileShape, len(paths))
	var asked []int
	var blobs []string
	for i, p := range paths {
		if k, ok := measured[[2]string{p, shapeReader + names[p]}]; ok {
			shapes[i] = k
		} else if names[p] != "" {
			asked, blobs = append(asked, i), append(blobs, names[p])
		}
	}
	if len(blobs) > 0 {
		at := 0
		err = s.repo().blobs(ctx, blobs, func(content []byte, ok bool) {
			i := asked[at]
			at++
			if !ok || len(content) >= largestShape || bytes.IndexByte(content, 0) >= 0 {
				return
			}
			if shape, ok := shapeOf(paths[i], content); ok {
				shape.Blob = shapeReader + names[paths[i]]
				shapes[i] = shape
			}
		})
	}
	return slices.DeleteFunc(shapes, func(f fact.FileShape) bool { return f.Path == "" }), err
}

// contents names what files hold at the head, of those that are there.
func (s *Source) contents(ctx context.Context, paths []string) (map[string]string, error) {
	out := map[string]string{}
	if len(paths) == 0 || s.place.Head == "" {
		return out, nil
	}
	var asked []string
	var names strings.Builder
	for _, p := range paths {
		if !strings.Contains(p, "\n") {
			asked = append(asked, p)
			names.WriteString(s.place.Head + ":" + p + "\n")
		}
	}
	text, err := s.repo().output(ctx, strings.NewReader(names.String()), "cat-file", "--batch-check=%(objecttype) %(objectname)")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i, p := range asked {
		if i < len(lines) {
			if name, ok := strings.CutPrefix(lines[i], "blob "); ok { // otherwise "NAME missing", and the like
				out[p] = name
			}
		}
	}
	return out, nil
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
