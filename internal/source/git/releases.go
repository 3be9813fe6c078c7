package git

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
)

var (
	// versionTag accepts v1.2, 1.2.3-rc1, app-1.2.3, sdk/v2.0.0, release_1234, 2024-03-01.
	versionTag = regexp.MustCompile(`(?i)^(.*[-_/@])?v?\d+([._]\d+)+([-._+]?[0-9a-z.+_-]*)?$|^(.*/)?(release|rel|build|deploy(ed)?)[-_/]?v?\d[0-9a-z._-]*$|^v\d+$|^(.*[-_/])?\d{4}-\d{2}-\d{2}([-._].*)?$`)
	// preRelease looks behind the number, as in 1.2.0-rc1 or 1.2b3, and for a whole word before it, as in nightly-2024-03-01.
	preRelease = regexp.MustCompile(`(?i)\d[-._+]?((rc|alpha|beta|preview|pre|snapshot|nightly|canary|dev|next)[-._]?\d*|[abm]\d+)([-._+].*)?$|` +
		`(^|[-._/@])(rc|alpha|beta|preview|snapshot|nightly|canary|dev)[-._/@]v?\d`)
)

// releases emits the tags that name versions, oldest first, and which commits each
// was the first to contain.
func (rd *reading) releases(ctx context.Context) error {
	if rd.cur.Tags == rd.place.Tags {
		return nil
	}
	rd.prepareReleases(ctx)
	p := <-rd.prepared
	if p.err != nil {
		return p.err
	}
	rd.cur.Tags = rd.place.Tags
	rd.cur.Releases = make(map[string]string, len(p.tags))
	for _, t := range p.tags {
		rd.cur.Releases[t.Tag] = t.SHA
	}
	p.batch.Cursor = rd.cur.encode()
	return rd.req.Emit(ctx, p.batch)
}

// prepared is all of releases but their cursor.
type prepared struct {
	tags  []fact.Release
	batch source.Batch
	err   error
}

// prepareReleases begins to read the tags, once: commits can be read meanwhile. Which
// commits the head reaches must be known, if it will be.
func (rd *reading) prepareReleases(ctx context.Context) {
	if rd.cur.Tags == rd.place.Tags || rd.prepared != nil {
		return
	}
	given := rd.req.Releases
	if rd.req.Shared {
		given = rd.cur.Releases
	}
	done := make(chan prepared, 1)
	rd.prepared = done
	go func() {
		defer close(done)
		done <- rd.readReleases(ctx, given)
	}()
}

// readReleases reads the tags; given are those that are stored.
func (rd *reading) readReleases(ctx context.Context, given map[string]string) (p prepared) {
	tags, skipped, err := rd.r.tags(ctx, rd.readAt)
	if err != nil {
		if ctx.Err() != nil {
			return prepared{err: ctx.Err()}
		}
		skipped = []fact.Skipped{{What: "releases", Why: "the tags could not be read: " + err.Error(), Count: 1}}
	}
	p = prepared{tags: tags, batch: source.Batch{Skipped: skipped, Retagged: true}}
	known := given
	if changed(tags, known) { // a tag is new among older ones, moved or gone: read all again
		p.batch.Untagged = slices.Sorted(maps.Keys(known))
		known = nil
	}
	parents, err := rd.reached(ctx, tags, known)
	if err != nil {
		return prepared{err: err}
	}
	contents(tags, known, parents)
	for _, t := range tags {
		if known[t.Tag] == "" {
			p.batch.Releases = append(p.batch.Releases, t)
		}
	}
	return p
}

// changed reports whether the stored tags are not simply the oldest of the tags.
func changed(tags []fact.Release, known map[string]string) bool {
	seen := 0
	for i, t := range tags {
		if sha, ok := known[t.Tag]; ok {
			if sha != t.SHA || i != seen {
				return true
			}
			seen++
		}
	}
	return seen != len(known)
}

// tags lists version tags by the time at which they were made.
func (r repo) tags(ctx context.Context, readAt time.Time) (tags []fact.Release, skipped []fact.Skipped, err error) {
	out, err := r.output(ctx, nil, "for-each-ref", "--sort=creatordate", "--sort=refname", "refs/tags",
		"--format=%(refname:lstrip=2)%00%(objectname)%00%(objecttype)%00%(*objectname)%00%(*objecttype)%00%(creatordate:unix)%00%(*committerdate:unix)")
	if err != nil {
		return nil, nil, err
	}
	for _, l := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		f := strings.Split(l, "\x00")
		if len(f) != 7 || !versionTag.MatchString(f[0]) {
			continue
		}
		sha := f[1]
		if f[2] == "tag" {
			sha = f[3]
			f[2] = f[4]
		}
		if f[2] == "tag" { // of a tag
			sha, f[2] = r.line(ctx, "rev-parse", "-q", "--verify", sha+"^{commit}"), "commit"
		}
		if f[2] != "commit" || sha == "" {
			continue
		}
		if f[5] == "" { // the oldest annotated tags have no date of their own
			f[5] = f[6]
		}
		secs, err := strconv.ParseInt(f[5], 10, 64)
		at := time.Unix(secs, 0).UTC()
		if err != nil || suspect(at, readAt) {
			skipped = append(skipped, fact.Skipped{What: "release " + clean(f[0]), Why: "its date cannot be right", Count: 1})
			continue
		}
		tags = append(tags, fact.Release{Tag: clean(f[0]), SHA: sha, At: at, PreRelease: preRelease.MatchString(f[0])})
	}
	sort.SliceStable(tags, func(a, b int) bool {
		if !tags[a].At.Equal(tags[b].At) {
			return tags[a].At.Before(tags[b].At)
		}
		return tags[a].Tag < tags[b].Tag
	})
	return tags, skipped, nil
}

// contents fills, for the tags that are not known, the commits that each was the
// first to contain, and takes them from the graph. Pre-releases do not count as
// containing anything.
func contents(tags []fact.Release, known map[string]string, parents map[string][]string) {
	for i := range tags {
		if t := &tags[i]; known[t.Tag] == "" && !t.PreRelease {
			t.Contains = claim(parents, t.SHA)
		}
	}
}

// reached gives the parents of the commits that the tags reach and known ones do not.
// Where the whole history was read just now, only what lies beside it is asked for, and
// it holds what no tag reaches as well.
func (rd *reading) reached(ctx context.Context, tags []fact.Release, known map[string]string) (map[string][]string, error) {
	parents := map[string][]string{}
	var ask []string
	beside := len(known) == 0 && len(rd.whole) > 0
	if beside {
		for _, n := range rd.whole {
			parents[n.sha] = n.parents
		}
	}
	for _, t := range tags {
		_, held := parents[t.SHA]
		switch {
		case held:
		case known[t.Tag] == "":
			ask = append(ask, t.SHA)
		case !t.PreRelease:
			ask = append(ask, "^"+t.SHA)
		}
	}
	if beside && len(ask) == 0 {
		return parents, nil
	}
	if beside {
		ask = append(ask, "^"+rd.place.Head)
	}
	out, err := rd.r.output(ctx, strings.NewReader(strings.Join(ask, "\n")+"\n"), "rev-list", "--parents", "--stdin")
	if err != nil {
		return nil, err
	}
	for l := range strings.Lines(string(out)) {
		if f := strings.Fields(l); len(f) > 0 {
			parents[f[0]] = f[1:]
		}
	}
	return parents, nil
}

// claim takes from the graph all that a commit reaches.
func claim(parents map[string][]string, sha string) (taken []string) {
	stack := []string{sha}
	for len(stack) > 0 {
		c := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		up, there := parents[c]
		if !there {
			continue
		}
		delete(parents, c)
		taken = append(taken, c)
		stack = append(stack, up...)
	}
	return taken
}

// readShallow reads git's list of boundary commits.
func readShallow(path, dir string) []string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	shas := strings.Fields(string(b))
	sort.Strings(shas)
	return shas
}
