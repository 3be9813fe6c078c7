package object

import "sync"

// place is where an object is kept: an entry of a pack, or a loose file.
type place struct {
	pack  uint32 // number of the pack, 0 for a loose file
	off   int64
	loose ID
}

// content is an object as its type and its bytes, which never change.
type content struct {
	kind Type
	data []byte
	sum  ID // its name by its content, zero as long as nobody asked
}

// cache keeps the contents that were used last, up to a number of bytes. One serves
// for blobs, trees and the bases of deltas alike: the content of a commit's file is
// the base of the delta of the content before.
type cache struct {
	mu     sync.Mutex
	items  map[place]*item
	newest item // a ring: newest.next is the newest item, newest.prev the oldest
	used   int64
	budget int64
	hits   int64
	misses int64
}

type item struct {
	place
	content
	next, prev *item
}

// itemSize is about what an item takes besides its data.
const itemSize = 256

func newCache(budget int64) *cache {
	c := &cache{items: map[place]*item{}, budget: budget}
	c.newest.next, c.newest.prev = &c.newest, &c.newest
	return c
}

func (c *cache) get(at place) (content, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	it, ok := c.items[at]
	if !ok {
		c.misses++
		return content{}, false
	}
	c.hits++
	it.unlink()
	c.link(it)
	return it.content, true
}

// put keeps a content, and drops the oldest ones that have no more room. What would
// take more than a quarter of all room is not kept.
func (c *cache) put(at place, v content) {
	size := int64(cap(v.data)) + itemSize
	if size > c.budget/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if it, ok := c.items[at]; ok { // another reader was quicker, or the name is now known
		it.sum = v.sum
		return
	}
	it := &item{place: at, content: v}
	c.items[at] = it
	c.link(it)
	for c.used += size; c.used > c.budget; {
		old := c.newest.prev
		old.unlink()
		delete(c.items, old.place)
		c.used -= int64(cap(old.data)) + itemSize
	}
}

func (c *cache) link(it *item) {
	it.prev, it.next = &c.newest, c.newest.next
	it.prev.next, it.next.prev = it, it
}

func (it *item) unlink() { it.prev.next, it.next.prev = it.next, it.prev }
