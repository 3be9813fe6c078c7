package metric

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The truck factor of random authorships is that of the method done step by step: work
// out the authors of every file anew in each round, take away whoever has most files.
func TestTruckFactorStepByStep(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	seen := map[int]int{}
	for range 500 {
		files := randomAuthorship(rng)
		got, want := truckFactor(holdings(files)), slowTruckFactor(files)
		if got != want {
			t.Fatalf("truck factor %d, step by step %d, of %v", got, want, files)
		}
		seen[got]++
	}
	if len(seen) < 6 {
		t.Errorf("the random files are too much alike: %v", seen)
	}
}

func randomAuthorship(rng *rand.Rand) map[string][]authorship {
	files := map[string][]authorship{}
	people := 1 + rng.IntN(20)
	for f := range 20 + rng.IntN(60) {
		creator := rng.IntN(people)
		var file []authorship
		for p := range people {
			if p == creator || rng.IntN(5) == 0 {
				file = append(file, authorship{person: int64(p), created: p == creator, deliveries: 1 + rng.IntN(12)})
			}
		}
		files[fmt.Sprint(f)] = file
	}
	return files
}

func slowTruckFactor(files map[string][]authorship) int {
	gone := map[int64]bool{}
	for {
		owned := map[int64]int{}
		orphans := 0
		for _, people := range files {
			authors := 0
			for _, p := range people {
				if isAuthor(p, people) && !gone[p.person] {
					owned[p.person]++
					authors++
				}
			}
			if authors == 0 {
				orphans++
			}
		}
		if float64(orphans) > float64(len(files))/2 || len(owned) == 0 {
			return len(gone)
		}
		top := int64(-1)
		for p := range int64(100) { // from the smallest id on, as ties are settled
			if owned[p] > 0 && (top < 0 || owned[p] > owned[top]) {
				top = p
			}
		}
		gone[top] = true
	}
}

func isAuthor(p authorship, people []authorship) bool {
	degree := func(p authorship) float64 {
		others := 0
		for _, o := range people {
			if o.person != p.person {
				others += o.deliveries
			}
		}
		d := 3.293 + 0.164*float64(p.deliveries) - 0.321*math.Log(1+float64(others))
		if p.created {
			d += 1.098
		}
		return d
	}
	highest := math.Inf(-1)
	for _, o := range people {
		highest = math.Max(highest, degree(o))
	}
	return degree(p) >= 3.293 && degree(p) > 0.75*highest
}

// Four people, of whom the first wrote 12 of 20 files: without that one, more than half
// have no author. With 10 of 20 it takes a second person.
func TestTruckFactorByHand(t *testing.T) {
	for _, c := range []struct {
		first, want int
	}{{12, 1}, {11, 1}, {10, 2}, {5, 3}} {
		files := map[string][]authorship{}
		for f := range 20 {
			person := int64(1)
			if f >= c.first {
				person = int64(2 + f%3)
			}
			files[fmt.Sprint(f)] = []authorship{{person: person, created: true, deliveries: 1}}
		}
		if got := truckFactor(holdings(files)); got != c.want {
			t.Errorf("first person with %d of 20 files: %d, want %d", c.first, got, c.want)
		}
	}
}

// authorship of a file by one person.
type authorship struct {
	person     int64
	created    bool
	deliveries int
}

func holdings(files map[string][]authorship) (out []holding) {
	for _, people := range files {
		h := holding{files: 1}
		for _, p := range people {
			if isAuthor(p, people) {
				h.people = append(h.people, p.person)
			}
		}
		out = append(out, h)
	}
	return out
}
