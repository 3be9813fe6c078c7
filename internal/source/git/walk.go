package git

import (
	"bytes"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/source/git/object"
)

// walk lists the commits that head reaches, in the order of graph, from the objects
// themselves: git's own walk takes twice as long, and nothing can be read meanwhile. An
// error means that git is to be asked, which also knows commits by other means than
// their objects.
func (o *objects) walk(head string) ([]node, error) {
	id, err := object.ParseID(head)
	if err != nil {
		return nil, err
	}
	r := o.store.NewReader()
	defer r.Release()
	w := walker{index: map[object.ID]int32{}}
	w.add(id)
	for i := 0; i < len(w.ids); i++ { // ids grows meanwhile
		sha := w.ids[i].String()
		n := node{sha: sha}
		c, err := r.Commit(w.ids[i])
		if err != nil {
			return nil, err
		}
		var ok bool
		if n.at, ok = committed(c.Raw); !ok {
			return nil, errAskGit
		}
		if !o.boundary[sha] {
			n.up = make([]int32, len(c.Parents))
			for k, p := range c.Parents {
				n.up[k] = w.add(p)
			}
		}
		r.Release()
		w.trees = append(w.trees, c.Tree)
		w.nodes = append(w.nodes, n)
	}
	for i := range w.nodes {
		n := &w.nodes[i]
		if len(n.up) > 0 {
			n.parents = make([]string, len(n.up))
		}
		for k, p := range n.up {
			n.parents[k] = w.nodes[p].sha
		}
	}
	o.trees = make(map[object.ID]object.ID, len(w.ids))
	for i, id := range w.ids {
		o.trees[id] = w.trees[i]
	}
	return inOrder(w.nodes, 0), nil
}

// walker numbers commits as they are met.
type walker struct {
	index map[object.ID]int32
	ids   []object.ID
	trees []object.ID
	nodes []node
}

func (w *walker) add(id object.ID) int32 {
	i, met := w.index[id]
	if !met {
		i = int32(len(w.ids))
		w.index[id] = i
		w.ids = append(w.ids, id)
	}
	return i
}

// committed is a commit's time, where it is written as usual: what git makes of others
// is for git to say.
func committed(raw []byte) (at time.Time, ok bool) {
	head, _, _ := bytes.Cut(raw, []byte("\n\n"))
	_, line, ok := bytes.Cut(head, []byte("\nauthor "))
	if !ok {
		return at, false
	}
	_, line, _ = bytes.Cut(line, []byte{'\n'})
	line, ok = bytes.CutPrefix(line, []byte("committer "))
	if !ok {
		return at, false
	}
	line, _, _ = bytes.Cut(line, []byte{'\n'})
	_, date, ok := bytes.Cut(line, []byte("> "))
	secs, _, ok2 := bytes.Cut(date, []byte{' '})
	if !ok || !ok2 || bytes.Count(line, []byte{'>'}) != 1 || !digits(string(secs)) {
		return at, false
	}
	n, err := strconv.ParseInt(string(secs), 10, 64)
	return time.Unix(n, 0).UTC(), err == nil
}
