package forecast

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// The model's constants. They were chosen by measured coverage and pinball loss on the
// histories that docs/forecasting.md names as those it was made with.
const (
	halfLife = 8   // weeks after which a week counts half as a place where a block begins
	block    = 4   // weeks that are drawn together
	unsure   = 0.2 // how unsure the present level is, as a share of the relative spread of weeks
	drift    = 0.2 // how far the level moves in a week, as a share of it
	widest   = 1.0 // relative spread that counts at most

	startBits, starts = 12, 1 << 12 // of a random number that choose where a block begins,
	stepBits, steps   = 10, 1 << 10 // and how far the level moves in a week
)

// model draws future weeks: blocks of past weeks that follow each other, begun more
// often with newer ones, on a level that is not quite known and wanders. Blocks keep
// the likeness of neighbouring weeks; the wandering keeps what blocks of a year cannot
// show, that years differ.
type model struct {
	weeks  []float64
	recent float64        // items a week, newer weeks weighing more
	starts [starts]uint8  // all alike likely; small tables stay near the processor
	level  [steps]float64 // factors of the present level
	step   [steps]float64 // factors of a week's wandering
}

func newModel(weeks []float64, normal *[steps]float64) *model {
	m := &model{weeks: weeks}
	weights := make([]float64, len(weeks))
	var sum, mean, squares float64
	for i, x := range weeks {
		weights[i] = math.Exp2(-float64(len(weeks)-1-i) / halfLife)
		sum += weights[i]
		mean += weights[i] * x
		squares += weights[i] * x * x
	}
	mean /= sum
	m.recent = mean
	spread := min(math.Sqrt(max(0, squares/sum-mean*mean))/mean, widest)
	if spread < 1e-6 { // rounding
		spread = 0
	}
	at, reached := 0, weights[0]
	for i := range m.starts {
		quantile := (float64(i) + 0.5) / starts
		for at < len(weeks)-1 && reached < quantile*sum {
			at++
			reached += weights[at]
		}
		m.starts[i] = uint8(at)
	}
	for i := range m.step {
		m.level[i], m.step[i] = math.Exp(unsure*spread*normal[i]), math.Exp(drift*spread*normal[i])
	}
	return m
}

// normals are quantiles of the normal distribution, all alike likely.
func normals() *[steps]float64 {
	var out [steps]float64
	for i := range out {
		out[i] = distuv.UnitNormal.Quantile((float64(i) + 0.5) / steps)
	}
	return &out
}

// course is one future, week by week.
type course struct {
	m      *model
	rng    *rand.PCG
	factor float64
	at     int
	left   int    // weeks of the block that are left
	bits   uint64 // random, for the rest of the block
}

func (m *model) course(rng *rand.PCG) course {
	return course{m: m, rng: rng, factor: m.level[rng.Uint64()%steps]}
}

// next is what is finished in the next week. The block's weeks are taken in a circle,
// so that every week follows another.
func (c *course) next() float64 {
	if c.left == 0 {
		c.bits = c.rng.Uint64()
		c.at, c.left = int(c.m.starts[c.bits%starts]), block
		c.bits >>= startBits
	}
	x := c.m.weeks[c.at]
	if c.at++; c.at == len(c.m.weeks) {
		c.at = 0
	}
	c.left--
	c.factor *= c.m.step[c.bits%steps]
	c.bits >>= stepBits
	return x * c.factor
}
