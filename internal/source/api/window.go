package api

import (
	"fmt"
	"strconv"
	"strings"
)

// Window is what a page of a listing is asked by that goes backwards in time: what is not newer
// than the oldest of the page before. Neither what is new nor what is deleted shifts such pages.
type Window struct {
	Until string // as the system writes times; "" on the first page
	Page  int    // within it: more items than a page has can be of one moment
}

// WindowOf reads what Next wrote.
func WindowOf(next string) Window {
	until, page, _ := strings.Cut(next, " ")
	n, _ := strconv.Atoi(page)
	return Window{Until: until, Page: max(n, 1)}
}

// Next is what the page after one is asked by whose oldest item is of a time.
func (w Window) Next(oldest string) string {
	if oldest != w.Until {
		return oldest + " 1"
	}
	return fmt.Sprintf("%s %d", oldest, w.Page+1)
}
