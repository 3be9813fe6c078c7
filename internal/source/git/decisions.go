package git

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
)

// longestDocument is how much of a document is read.
const longestDocument = 256 << 10

// record is a decision record as one commit left it.
type record struct {
	sha string
	blobAt
}

// decisions reads the decision records that were touched since the last batch.
func (rd *reading) decisions(ctx context.Context, b *source.Batch) error {
	if len(rd.records) == 0 {
		return nil
	}
	names := make([]string, len(rd.records))
	for i, d := range rd.records {
		names[i] = d.blob
	}
	i := 0
	err := rd.r.blobs(ctx, names, func(content []byte, ok bool) {
		d := rd.records[i]
		i++
		if !ok {
			b.Skipped = append(b.Skipped, fact.Skipped{What: "a decision record", Why: "the content of " + clean(d.path) + " is missing", Count: 1})
			return
		}
		b.Decisions = append(b.Decisions, ParseDecision(clean(d.path), d.sha, content))
	})
	rd.records = nil
	return err
}

// Decisions implements source.Recorder.
func (s *Source) Decisions(ctx context.Context, of []fact.DecisionVersion) (out []fact.DecisionVersion, err error) {
	var names []string
	var asked []fact.DecisionVersion
	for _, v := range of {
		if !strings.Contains(v.Path, "\n") { // git is asked by lines
			names, asked = append(names, v.SHA+":"+v.Path), append(asked, v)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	i := 0
	err = s.repo().blobs(ctx, names, func(content []byte, ok bool) {
		if v := asked[i]; ok {
			out = append(out, ParseDecision(v.Path, v.SHA, content))
		}
		i++
	})
	return out, err
}

// blobs hands the content of each object to fn, in order; ok is false for those
// that are not there.
func (r repo) blobs(ctx context.Context, names []string, fn func(content []byte, ok bool)) error {
	cmd := r.command(ctx, "cat-file", "--batch")
	cmd.Stdin = strings.NewReader(strings.Join(names, "\n") + "\n")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		return gitError(ctx, "cat-file", err, "")
	}
	br := bufio.NewReaderSize(out, 1<<16)
	for range names {
		content, ok, err := readBlob(br)
		if err != nil {
			cmd.Process.Kill() //nolint:errcheck // it may be gone already
			cmd.Wait()         //nolint:errcheck // it was killed
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("git cat-file: %w: %s", err, strings.TrimSpace(errs.String()))
		}
		fn(content, ok)
	}
	if err := cmd.Wait(); err != nil {
		return gitError(ctx, "cat-file", err, errs.String())
	}
	return nil
}

func readBlob(br *bufio.Reader) (content []byte, ok bool, err error) {
	head, err := br.ReadString('\n')
	if err != nil {
		return nil, false, unexpected(err)
	}
	f := strings.Fields(head)
	if len(f) != 3 || f[2] == "missing" { // "name missing", and a name may have blanks
		return nil, false, nil
	}
	size, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil || size < 0 {
		return nil, false, fmt.Errorf("heading %.60q", head)
	}
	content = make([]byte, min(size, longestDocument))
	if _, err := io.ReadFull(br, content); err != nil {
		return nil, false, unexpected(err)
	}
	_, err = io.CopyN(io.Discard, br, size-int64(len(content))+1)
	return content, f[1] == "blob", unexpected(err)
}

var (
	statusField   = regexp.MustCompile(`(?im)^\s*(?:[-*]\s*)?\**status\**[ \t]*:[ \t]*\**[ \t]*["']?([^\s"'][^\n]*)`)
	statusHeading = regexp.MustCompile(`(?im)^\s*(?:#{1,4}[ \t]*status[ \t]*#*|status[ \t]*\n[-=~]{3,}|=+[ \t]+status)\s*$`)
	statusCell    = regexp.MustCompile(`(?im)^\|\s*\**status\**\s*\|\s*([^|\n]+)\|`)
	heading       = regexp.MustCompile(`(?m)^(?:#[ \t]+|=[ \t]+)(.+?)[ \t]*#*$|^(\S.*)\n={3,}[ \t]*$`)
	frontMatter   = regexp.MustCompile(`\A---[ \t]*\n(?s:(.*?)\n)?---[ \t]*(?:\n|\z)`)
	frontTitle    = regexp.MustCompile(`(?m)^title:\s*["']?(.+?)["']?\s*$`)
)

// ParseDecision reads a decision record, as a commit left it at a path, in the layouts of
// MADR 2 to 4, Nygard, adr-tools and log4brains.
func ParseDecision(path, sha string, content []byte) fact.DecisionVersion {
	text := clean(string(content[:min(len(content), longestDocument)]))
	return fact.DecisionVersion{Path: path, SHA: sha, Title: decisionTitle(path, text), Status: decisionStatus(text), Fields: decisionFields(text)}
}

func decisionTitle(name, text string) string {
	front := frontMatter.FindString(text)
	if m := heading.FindStringSubmatch(text[len(front):]); m != nil {
		return limit(strings.TrimSpace(m[1]+m[2]), 200)
	}
	if m := frontTitle.FindStringSubmatch(front); m != nil {
		return limit(m[1], 200)
	}
	base := path.Base(name)
	return strings.TrimSuffix(base, path.Ext(base))
}

// decisionStatus is the last status that a record states in the first place where it
// states one: adr-tools appends, so that "Accepted" may be followed by "Superseded by".
func decisionStatus(text string) string {
	for _, place := range []*regexp.Regexp{statusField, statusCell} { // a text may also speak of a status that is not its own
		if m := place.FindStringSubmatch(text); m != nil {
			if s := statusWord(m[1]); s != "" {
				return s
			}
		}
	}
	at := statusHeading.FindStringIndex(text)
	if at == nil {
		return ""
	}
	status := ""
	for _, l := range strings.Split(text[at[1]:], "\n") {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "#") || strings.HasPrefix(l, "==") || strings.HasPrefix(l, "--") {
			break
		}
		if s := statusWord(l); s != "" {
			status = s
		}
	}
	return status
}

// statusWords maps how a status begins to what it means.
var statusWords = []struct{ prefix, status string }{
	{"superseded", "superseded"}, {"superceded", "superseded"}, {"replaced", "superseded"}, {"deprecat", "deprecated"}, {"obsolete", "deprecated"}, {"retired", "deprecated"},
	{"reject", "rejected"}, {"declined", "rejected"}, {"abandon", "rejected"}, {"withdrawn", "rejected"},
	{"accept", "accepted"}, {"approved", "accepted"}, {"adopted", "accepted"}, {"decided", "accepted"}, {"implemented", "accepted"}, {"final", "accepted"}, {"done", "accepted"}, {"active", "accepted"}, {"agreed", "accepted"},
	{"propos", "proposed"}, {"draft", "proposed"}, {"pending", "proposed"}, {"open", "proposed"}, {"in review", "proposed"}, {"under review", "proposed"}, {"in discussion", "proposed"}, {"wip", "proposed"}, {"rfc", "proposed"},
}

func statusWord(s string) string {
	s = strings.ToLower(strings.TrimLeft(strings.TrimSpace(s), "*_[`\"'~ -<!:>"))
	if strings.Contains(s, "|") || strings.HasPrefix(s, "{") || strings.Count(s, ",") > 2 {
		return "" // a template's list of choices
	}
	for _, w := range statusWords {
		if strings.HasPrefix(s, w.prefix) {
			return w.status
		}
	}
	if strings.HasPrefix(s, "partially superseded") {
		return "accepted"
	}
	return ""
}
