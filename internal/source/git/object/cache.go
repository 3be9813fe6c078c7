package object

import (
	"math/bits"
	"sync"
)

// place is where an object is kept: an entry of a pack, or a loose file.
type place struct {
	pack  uint32 // number of the pack, 0 for a loose file
	off   int64
	loose ID
}

// content is an object as its type and its bytes. These do not change as long as
// somebody holds it; afterwards the memory serves another content. What no longer has a
// use for it gives it back to the cache that it came from.
type content struct {
	kind Type
	data []byte
	sum  ID // its name by its content, zero as long as nobody asked; guarded by the cache

	// Guarded by the cache.
	holders    int32 // the cache itself is one
	reusable   bool  // the memory is of a size that is kept
	at         place // in the cache
	next, prev *content
}

// cache keeps the contents that were used last, up to a number of bytes. One serves
// for blobs, trees and the bases of deltas alike: the content of a commit's file is
// the base of the delta of the content before. Memory of contents that nobody holds is
// used again: allocating each anew, some hundred times the size of the cache in a long
// history, costs a tenth of all time in clearing it and in collecting garbage.
type cache struct {
	mu     sync.Mutex
	items  map[place]*content
	newest content // a ring: newest.next is the newest item, newest.prev the oldest
	used   int64
	budget int64
	hits   int64
	misses int64

	free   [sizeClasses][][]byte // memory that waits for another content, by class of size
	unused int64                 // bytes of it
	spoil  bool                  // overwrite memory that is given back, so that a use after that shows in tests
}

// itemSize is about what an item takes besides its data.
const itemSize = 256

func newCache(budget int64) *cache {
	c := &cache{items: map[place]*content{}, budget: budget}
	c.newest.next, c.newest.prev = &c.newest, &c.newest
	return c
}

// get gives the content of a place, which the caller then holds, or nil.
func (c *cache) get(at place) *content {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.items[at]
	if !ok {
		c.misses++
		return nil
	}
	c.hits++
	v.unlink()
	c.link(v)
	v.holders++
	return v
}

// put keeps a content, and drops the oldest ones that have no more room. What would
// take more than a quarter of all room is not kept.
func (c *cache) put(at place, v *content) {
	size := int64(cap(v.data)) + itemSize
	if size > c.budget/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.items[at]; ok { // another reader was quicker
		return
	}
	v.at = at
	v.holders++
	c.items[at] = v
	c.link(v)
	for c.used += size; c.used > c.budget; {
		old := c.newest.prev
		old.unlink()
		delete(c.items, old.at)
		c.used -= int64(cap(old.data)) + itemSize
		c.drop(old)
	}
}

// make gives a content of a size, which the caller then holds. What stands in it is
// undefined.
func (c *cache) make(kind Type, size uint64) *content {
	class, room := classOf(size)
	if class < 0 {
		return &content{kind: kind, data: make([]byte, size), holders: 1}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	v := &content{kind: kind, holders: 1, reusable: true}
	if list := c.free[class]; len(list) > 0 {
		v.data = list[len(list)-1][:size]
		list[len(list)-1] = nil
		c.free[class] = list[:len(list)-1]
		c.unused -= int64(room)
		return v
	}
	v.data = make([]byte, size, room)
	return v
}

// name is what a content is called, if somebody asked before.
func (c *cache) name(v *content) ID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return v.sum
}

func (c *cache) setName(v *content, sum ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v.sum = sum
}

// release gives contents back.
func (c *cache) release(vs ...*content) {
	if len(vs) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, v := range vs {
		c.drop(v)
	}
}

func (c *cache) drop(v *content) {
	if v.holders--; v.holders > 0 || !v.reusable {
		return
	}
	data := v.data[:cap(v.data)]
	v.data = nil
	if c.spoil {
		for i := range data {
			data[i] = 0xdb
		}
	}
	if c.unused+int64(len(data)) > c.budget/8 {
		return
	}
	class, _ := classOf(uint64(len(data)))
	c.free[class] = append(c.free[class], data)
	c.unused += int64(len(data))
}

func (c *cache) link(v *content) {
	v.prev, v.next = &c.newest, c.newest.next
	v.prev.next, v.next.prev = v, v
}

func (v *content) unlink() { v.prev.next, v.next.prev = v.next, v.prev }

// Memory is kept in classes of 2, 2¼, 2½, 2¾, 3, ... KB, eight to each doubling. Of
// what is smaller or larger, none is kept.
const (
	smallest    = 2 << 10
	largest     = 8 << 20
	sizeClasses = 8*12 + 1
)

// classOf gives the class of a size and how large its members are; -1 for none.
func classOf(size uint64) (class int, room uint64) {
	if size < smallest || size > largest {
		return -1, size
	}
	step := bits.Len64(size-1) - 4 // size-1 has four bits above it: a one and which eighth follows
	eighth := (size - 1) >> step
	room = (eighth + 1) << step
	return (step-(bits.Len64(smallest-1)-4))*8 + int(eighth) - 15, room
}
