package git

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/fact"
)

// commitFormat is what diff-tree prints before the changes of each commit: fields
// that end with NUL, between the bytes 1 and 2.
const commitFormat = "%x01%H%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B%x00%x02"

// chunkEnd is a line that is no object name: diff-tree echoes it and flushes.
const chunkEnd = "end-of-chunk\n"

// touched is what the parser learns of a commit beyond package fact.
type touched struct {
	commit    fact.Commit
	decisions []blobAt // decision records that the commit left behind
	recount   bool     // git's counts must be asked for: see recount

	unreadable error // why there is nothing but the commit's id
}

type blobAt struct{ path, blob string }

// parser reads the stream that diff-tree writes under commitFormat with --raw -p -z.
type parser struct {
	r *bufio.Reader
}

func newParser(r io.Reader) *parser { return &parser{r: bufio.NewReaderSize(r, 1<<18)} }

var errChunkEnd = errors.New("end of chunk")

// next reads one commit, or returns errChunkEnd, or io.EOF.
func (p *parser) next() (touched, error) {
	var t touched
	b, err := p.r.ReadByte()
	if err != nil {
		return t, err
	}
	if b != 1 {
		if err := p.r.UnreadByte(); err != nil {
			return t, err
		}
		line, err := p.r.ReadString('\n')
		if line == chunkEnd {
			return t, errChunkEnd
		}
		if err == nil || err == io.EOF {
			err = fmt.Errorf("git diff-tree: unexpected output %.60q", line)
		}
		return t, err
	}
	if t.commit, err = p.header(); err != nil {
		return t, unexpected(err)
	}
	return t, unexpected(p.changes(&t))
}

func (p *parser) header() (c fact.Commit, err error) {
	var f [9]string
	for i := range f {
		if f[i], err = p.field(); err != nil {
			return c, err
		}
	}
	for _, want := range []byte{2, 0} {
		if b, err := p.r.ReadByte(); err != nil || b != want {
			return c, fmt.Errorf("commit %.40q does not end as asked: %w", f[0], err)
		}
	}
	c = fact.Commit{
		SHA:       f[0],
		Parents:   strings.Fields(f[1]),
		Author:    fact.Identity{Name: clean(f[2]), Email: clean(f[3])},
		Committer: fact.Identity{Name: clean(f[5]), Email: clean(f[6])},
	}
	c.AuthoredAt, c.AuthorZone = parseDate(f[4])
	c.CommittedAt, c.CommitZone = parseDate(f[7])
	readMessage(&c, clean(f[8]))
	return c, nil
}

func (p *parser) field() (string, error) {
	s, err := p.r.ReadString(0)
	return strings.TrimSuffix(s, "\x00"), err
}

// rawEntry is one line of --raw.
type rawEntry struct {
	kind      fact.ChangeKind
	path, old string
	blob      string
	unchanged bool // in content: the patch does not tell whether it is binary
}

// changes reads the raw entries, then one patch section for each of them.
func (p *parser) changes(t *touched) error {
	b, err := p.r.ReadByte()
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return err
	}
	if b != '\n' { // no changes: the next record begins here
		return p.r.UnreadByte()
	}
	entries, err := p.raw()
	if err != nil {
		return err
	}
	t.commit.Changes = make([]fact.FileChange, 0, len(entries))
	for _, e := range entries {
		fc := e.change()
		n := 1
		if e.kind == fact.TypeChanged {
			n = 2
		}
		t.recount = t.recount || e.kind == fact.TypeChanged || e.unchanged
		for range n {
			if err := p.section(&fc, &t.commit.MarkerLines); err != nil {
				return fmt.Errorf("%s: %s: %w", t.commit.SHA, e.path, err)
			}
		}
		t.commit.Changes = append(t.commit.Changes, fc)
		t.record(e)
	}
	return nil
}

// record remembers a decision record that the commit left behind.
func (t *touched) record(e rawEntry) {
	if e.kind != fact.Deleted && isRecord(e.path) {
		t.decisions = append(t.decisions, blobAt{e.path, e.blob})
	}
}

func isRecord(path string) bool {
	kind, ok := fact.DocumentKindOf(path)
	return ok && kind == fact.DecisionRecord
}

func (e rawEntry) change() fact.FileChange {
	fc := fact.FileChange{Path: clean(e.path), Kind: e.kind, Category: fact.CategoryOf(e.path)}
	if e.old != "" {
		fc.OldPath = clean(e.old)
	}
	return fc
}

// raw reads entries up to the empty string that separates them from the patch.
func (p *parser) raw() (entries []rawEntry, err error) {
	for {
		head, err := p.field()
		if err != nil {
			return nil, err
		}
		if head == "" {
			return entries, nil
		}
		e, renamed, err := parseRaw(head)
		if err != nil {
			return nil, err
		}
		if e.path, err = p.field(); err != nil {
			return nil, err
		}
		if renamed {
			e.old = e.path
			if e.path, err = p.field(); err != nil {
				return nil, err
			}
		}
		entries = append(entries, e)
	}
}

// parseRaw reads ":100644 100755 blob blob R100".
func parseRaw(head string) (e rawEntry, renamed bool, err error) {
	f := strings.Fields(head)
	if len(f) != 5 || head[0] != ':' || f[4] == "" {
		return e, false, fmt.Errorf("raw entry %.80q", head)
	}
	e.blob = f[3]
	e.kind = fact.ChangeKind(f[4][:1])
	e.unchanged = f[2] == f[3]
	return e, e.kind == fact.Renamed || e.kind == "C", nil
}

// section reads one "diff --git" section and adds its lines to fc.
func (p *parser) section(fc *fact.FileChange, markers *[]fact.MarkerLine) error {
	line, err := p.slice()
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("diff --git ")) {
		return fmt.Errorf("expected a patch, got %.60q", line)
	}
	comments := commentStyle(fc.Path, fc.Category)
	for {
		next, err := p.r.Peek(3)
		if len(next) == 0 {
			if err == io.EOF {
				return nil
			}
			return err
		}
		switch {
		case next[0] == 1, next[0] == 'e' && string(next) == "end", string(next) == "dif" && p.atDiff():
			return nil
		}
		if line, err = p.slice(); err != nil {
			return err
		}
		switch {
		case bytes.HasPrefix(line, []byte("@@ ")):
			if err := p.hunk(line, fc, comments, markers); err != nil {
				return err
			}
		case bytes.HasPrefix(line, []byte("Binary files ")):
			fc.Binary, fc.Added, fc.Deleted = true, fact.Uncounted, fact.Uncounted
		}
	}
}

// atDiff tells the next section from an extended header such as "dissimilarity".
func (p *parser) atDiff() bool {
	b, _ := p.r.Peek(11)
	return string(b) == "diff --git "
}

// hunk reads the lines that its heading promises.
func (p *parser) hunk(heading []byte, fc *fact.FileChange, comments *comments, markers *[]fact.MarkerLine) error {
	oldLines, newLines, err := hunkSize(heading)
	if err != nil {
		return err
	}
	for oldLines > 0 || newLines > 0 {
		line, err := p.slice()
		if err != nil {
			return err
		}
		switch line[0] {
		case '+':
			newLines--
			fc.Added++
		case '-':
			oldLines--
			fc.Deleted++
		case ' ':
			oldLines--
			newLines--
			continue
		case '\\': // "No newline at end of file"
			continue
		default:
			return fmt.Errorf("line in a hunk begins with %q", line[0])
		}
		if comments == nil {
			continue
		}
		if kind, text, ok := comments.admits(line[1:]); ok {
			*markers = append(*markers, fact.MarkerLine{Path: fc.Path, Kind: kind, Text: clean(text), Added: line[0] == '+'})
		}
	}
	if b, _ := p.r.Peek(1); len(b) == 1 && b[0] == '\\' {
		_, err = p.slice()
	}
	return err
}

// hunkSize reads "@@ -1,3 +1,4 @@".
func hunkSize(heading []byte) (oldLines, newLines int64, err error) {
	f := bytes.Fields(heading)
	if len(f) < 4 || len(f[1]) < 2 || len(f[2]) < 2 || f[1][0] != '-' || f[2][0] != '+' {
		return 0, 0, fmt.Errorf("hunk heading %.60q", heading)
	}
	if oldLines, err = lineCount(f[1]); err == nil {
		newLines, err = lineCount(f[2])
	}
	return oldLines, newLines, err
}

func lineCount(b []byte) (int64, error) {
	_, n, ok := bytes.Cut(b, []byte(","))
	if !ok {
		return 1, nil
	}
	return strconv.ParseInt(string(n), 10, 64)
}

// slice reads a line. Of a line longer than the buffer it keeps the beginning.
func (p *parser) slice() ([]byte, error) {
	line, err := p.r.ReadSlice('\n')
	if err != bufio.ErrBufferFull {
		if err == io.EOF && len(line) > 0 {
			err = nil
		}
		return line, err
	}
	head := append([]byte(nil), line[:4096]...)
	for err == bufio.ErrBufferFull {
		_, err = p.r.ReadSlice('\n')
	}
	return head, err
}

// parseDate reads git's raw date, "1700000000 +0100". What cannot be read is the
// epoch, which DateSuspect then catches.
func parseDate(s string) (time.Time, int) {
	secs, zone, _ := strings.Cut(s, " ")
	n, err := strconv.ParseInt(secs, 10, 64)
	if err != nil || n < 0 || n > 32503680000 { // up to the year 3000
		if err == nil && n > 0 {
			return time.Unix(32503680000, 0).UTC(), 0
		}
		return time.Unix(0, 0).UTC(), 0
	}
	minutes := 0
	if z, err := strconv.Atoi(zone); err == nil {
		minutes = z/100*60 + z%100
		if minutes < -14*60 || minutes > 14*60 {
			minutes = 0
		}
	}
	return time.Unix(n, 0).UTC(), minutes
}

// clean makes valid UTF-8 of bytes in an unknown encoding, reading them as Latin-1
// when they are not UTF-8, and drops control characters other than newline and tab, those
// behind ASCII too: U+009B begins a terminal's commands as escape does.
func clean(s string) string {
	if !utf8.ValidString(s) {
		runes := make([]rune, len(s))
		for i := range len(s) {
			runes[i] = rune(s[i])
		}
		s = string(runes)
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			return r
		}
		return -1
	}, s)
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
