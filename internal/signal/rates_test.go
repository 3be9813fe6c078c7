package signal

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
)

// Rates at which claims are made where there is nothing, and where there is something.
// DIARCHY_RATES=1 prints them and runs three to seven times as many simulations.

var asOf = time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)

type rates struct{ present, absent, unknown, right int }

func (r rates) of(n int) float64 { return float64(n) / float64(r.present+r.absent+r.unknown) }

// measure reads a claim from simulated inputs. right judges the claims that are present.
func measure(t *testing.T, id string, seeds int, simulate func(*rand.Rand) metric.Set, right func(Claim) bool) rates {
	t.Helper()
	var r rates
	if os.Getenv("DIARCHY_RATES") == "" {
		seeds /= 3
		if id == "throughput.dispersion" { // a bootstrap of medians
			seeds = 30
		}
	}
	for seed := range seeds {
		c := read(id, Input{Series: simulate(rand.New(rand.NewPCG(uint64(seed), 99))), AsOf: asOf, Seed: uint64(seed)})
		check(t, c)
		switch c.State {
		case Present:
			r.present++
			if right != nil && right(c) {
				r.right++
			}
		case Absent:
			r.absent++
		default:
			r.unknown++
		}
	}
	if os.Getenv("DIARCHY_RATES") != "" {
		fmt.Printf("%-60s present %5.1f %%  absent %5.1f %%  unknown %5.1f %%  right %5.1f %%\n", t.Name(), 100*r.of(r.present), 100*r.of(r.absent), 100*r.of(r.unknown), 100*r.of(r.right))
	}
	return r
}

// read makes one claim only; the others would take time.
func read(id string, in Input) Claim {
	one := map[string]func() Claim{
		"engineers.stability": in.stability, "engineers.growth": in.growth, "people.volunteers": in.volunteers,
		"throughput.dispersion": in.dispersion, "throughput.level": in.level,
		"releases.slowing": in.releases, "leadtime.slowing": in.leadTime, "reverts.rising": in.reverts,
		"onboarding.slowing": in.onboardingSlowing, "onboarding.two_weeks": in.onboardingShare,
		"debt.balance": in.debtBalance, "debt.density": in.debtDensity, "decisions.slowing": in.decisionsSlowing,
	}
	return one[id]()
}

// atMost allows two standard errors more where there are fewer simulations.
func atMost(t *testing.T, what string, r rates, limit float64) {
	t.Helper()
	if os.Getenv("DIARCHY_RATES") == "" {
		limit += 2 * math.Sqrt(limit*(1-limit)/float64(r.present+r.absent+r.unknown))
	}
	if rate := r.of(r.present); !(rate < limit) {
		t.Errorf("%s in %.1f %%, should be below %.1f %%", what, 100*rate, 100*limit)
	}
}

func atLeast(t *testing.T, what string, rate, limit float64) {
	t.Helper()
	if !(rate > limit) {
		t.Errorf("%s in %.1f %%, should be above %.1f %%", what, 100*rate, 100*limit)
	}
}

func poisson(rng *rand.Rand, mean float64) float64 {
	k := 0.0
	for ; mean > 0; k++ { // gaps of an exponential clock
		if mean -= rng.ExpFloat64(); mean < 0 {
			return k
		}
	}
	return k
}

// weekly is a series of n weeks that end at the date; f gets the weeks left, 1 the last.
func weekly(n int, f func(left int, start time.Time) float64) metric.Series {
	s := metric.Series{AsOf: asOf}
	for left := n; left > 0; left-- {
		start := asOf.AddDate(0, 0, -7*left)
		s.Points = append(s.Points, metric.Point{Start: start, Value: f(left, start), N: 1})
	}
	return s
}

func monthly(n int, f func(left int) (value float64, n int)) metric.Series {
	s := metric.Series{AsOf: asOf}
	for left := n; left > 0; left-- {
		v, k := f(left)
		s.Points = append(s.Points, metric.Point{Start: asOf.AddDate(0, -left, 0), Value: v, N: k})
	}
	return s
}

// steps is a series of 4-week steps up to the date.
func steps(n int, f func(back int) float64) metric.Series {
	s := metric.Series{AsOf: asOf}
	for back := n - 1; back >= 0; back-- {
		s.Points = append(s.Points, metric.Point{Start: asOf.AddDate(0, 0, -28*back), Value: f(back), N: 1})
	}
	return s
}

func throughput(n int, f func(left int, start time.Time) float64) metric.Set {
	return metric.Set{"throughput": weekly(n, f)}
}

const seeds = 300

func TestThroughputWithoutChange(t *testing.T) {
	for _, id := range []string{"throughput.dispersion", "throughput.level"} {
		limit := map[string]float64{"throughput.dispersion": 0.03, "throughput.level": 0.04}[id]
		for _, m := range []float64{5, 8, 12, 20, 30, 50, 80} {
			if m != 5 && m != 50 && os.Getenv("DIARCHY_RATES") == "" {
				continue
			}
			t.Run(fmt.Sprintf("%s/mean %.0f", id, m), func(t *testing.T) {
				t.Parallel()
				r := measure(t, id, seeds, func(rng *rand.Rand) metric.Set {
					return throughput(104, func(int, time.Time) float64 { return poisson(rng, m) })
				}, nil)
				atMost(t, "a change", r, limit)
			})
			t.Run(fmt.Sprintf("%s/mean %.0f with holidays", id, m), func(t *testing.T) {
				t.Parallel()
				r := measure(t, id, seeds, func(rng *rand.Rand) metric.Set {
					return throughput(104, func(_ int, start time.Time) float64 {
						if end := start.AddDate(0, 0, 6); end.Month() == 12 && end.Day() >= 25 || end.Month() == 1 && end.Day() < 4 {
							return poisson(rng, 0.3*m)
						}
						return poisson(rng, m)
					})
				}, nil)
				atMost(t, "a change", r, 0.05)
			})
		}
	}
}

func TestThroughputSpike(t *testing.T) {
	for _, id := range []string{"throughput.dispersion", "throughput.level"} {
		for _, m := range []float64{8, 30, 80} {
			t.Run(fmt.Sprintf("%s/mean %.0f", id, m), func(t *testing.T) {
				t.Parallel()
				r := measure(t, id, seeds, func(rng *rand.Rand) metric.Set {
					at := 1 + rng.IntN(104)
					return throughput(104, func(left int, _ time.Time) float64 {
						if left == at {
							return 6 * m
						}
						return poisson(rng, m)
					})
				}, nil)
				atMost(t, "a change", r, 0.03)
			})
		}
	}
}

func TestGrowingTeam(t *testing.T) {
	grow := func(rng *rand.Rand) metric.Set {
		set := throughput(104, func(left int, _ time.Time) float64 { return poisson(rng, 60*math.Pow(1.05, -float64(left)/4.35)) })
		set["active_engineers"] = steps(27, func(back int) float64 { return math.Round(30 * math.Pow(1.05, -float64(back)*28/30.4)) })
		return set
	}
	r := measure(t, "throughput.dispersion", seeds, grow, nil)
	atMost(t, "dispersion", r, 0.08)
	r = measure(t, "engineers.stability", seeds, grow, nil)
	atLeast(t, "no stability", r.of(r.absent), 0.99)
	r = measure(t, "engineers.growth", seeds, grow, func(c Claim) bool { return c.Low < 0.796 && c.High > 0.796 || math.Abs(c.Value-0.796) < 0.05 })
	atLeast(t, "growth", r.of(r.right), 0.9)
}

// Noise of three times the relative spread: gamma-mixed Poisson counts.
func overdispersed(rng *rand.Rand, mean, factor float64) float64 {
	extra := (factor*factor - 1) / mean // variance of the mixing gamma, for a Poisson relative variance of 1/mean
	return poisson(rng, mean*gamma(rng, 1/extra)*extra)
}

// gamma draws by Marsaglia and Tsang (2000).
func gamma(rng *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(rng, shape+1) * math.Pow(rng.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	for {
		x := rng.NormFloat64()
		v := math.Pow(1+x/math.Sqrt(9*d), 3)
		if v > 0 && math.Log(rng.Float64()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

func TestThroughputTurnedUneven(t *testing.T) {
	for _, m := range []float64{30, 75} {
		t.Run(fmt.Sprintf("mean %.0f", m), func(t *testing.T) {
			t.Parallel()
			r := measure(t, "throughput.dispersion", seeds, func(rng *rand.Rand) metric.Set {
				return throughput(104, func(left int, _ time.Time) float64 {
					if left <= 25 {
						return overdispersed(rng, m, 3)
					}
					return poisson(rng, m)
				})
			}, nil)
			atLeast(t, "uneven", r.of(r.present), 0.8)
		})
		t.Run(fmt.Sprintf("mean %.0f, weeks shuffled", m), func(t *testing.T) {
			t.Parallel()
			shuffled := func(rng *rand.Rand) metric.Set {
				set := throughput(104, func(left int, _ time.Time) float64 {
					if left <= 25 {
						return overdispersed(rng, m, 3)
					}
					return poisson(rng, m)
				})
				ps := set["throughput"].Points
				rng.Shuffle(len(ps), func(a, b int) { ps[a].Value, ps[b].Value = ps[b].Value, ps[a].Value })
				return set
			}
			r := measure(t, "throughput.dispersion", seeds, shuffled, nil)
			atMost(t, "uneven", r, 0.05)
			r = measure(t, "throughput.level", seeds, shuffled, nil)
			atMost(t, "a shift", r, 0.04)
		})
	}
}

func TestThroughputDrop(t *testing.T) {
	begin := asOf.AddDate(0, 0, -7*25)
	r := measure(t, "throughput.level", seeds, func(rng *rand.Rand) metric.Set {
		return throughput(104, func(left int, _ time.Time) float64 {
			if left <= 25 {
				return poisson(rng, 0.7*75)
			}
			return poisson(rng, 75)
		})
	}, func(c Claim) bool { return math.Abs(c.When.Sub(begin).Hours()) <= 3*7*24 && c.Value < 1 })
	atLeast(t, "the right week", r.of(r.right), 0.85)
}

// debts is two years of code that grows by 2 % a month at five markers for a thousand
// lines; in and out are monthly means besides what growth brings.
func debts(rng *rand.Rand, in func(left int) float64, out float64) metric.Set {
	size := func(left int) float64 { return 100 * math.Pow(1.02, -float64(left)) }
	came, gone := map[int]float64{}, map[int]float64{}
	for left := 1; left <= 24; left++ {
		came[left] = poisson(rng, in(left)+5*(size(left-1)-size(left)))
		gone[left] = poisson(rng, out)
	}
	open := 5 * size(24)
	return metric.Set{
		"debt_inflow":  monthly(24, func(left int) (float64, int) { return came[left], int(came[left]) }),
		"debt_paydown": monthly(24, func(left int) (float64, int) { return gone[left], int(gone[left]) }),
		"code_size":    monthly(24, func(left int) (float64, int) { return size(left - 1), 10 }),
		"debt_density": monthly(24, func(left int) (float64, int) {
			open += came[left] - gone[left]
			return open / size(left-1), int(open)
		}),
	}
}

func TestDebtBalance(t *testing.T) {
	for _, m := range []float64{5, 15, 40} {
		t.Run(fmt.Sprintf("balanced, %.0f a month", m), func(t *testing.T) {
			t.Parallel()
			even := func(rng *rand.Rand) metric.Set { return debts(rng, func(int) float64 { return m }, m) }
			r := measure(t, "debt.balance", seeds, even, nil)
			atMost(t, "debt outgrows the code", r, 0.05)
		})
		t.Run(fmt.Sprintf("tripled for nine months, %.0f a month", m), func(t *testing.T) {
			t.Parallel()
			r := measure(t, "debt.balance", seeds, func(rng *rand.Rand) metric.Set {
				return debts(rng, func(left int) float64 {
					if left <= 9 {
						return 3 * m
					}
					return m
				}, m)
			}, nil)
			atLeast(t, "debt outgrows the code", r.of(r.present), 0.9)
		})
	}
}

func TestDebtDensity(t *testing.T) {
	trend := func(rng *rand.Rand, yearly float64) metric.Set {
		return metric.Set{"debt_density": monthly(30, func(left int) (float64, int) {
			return 5 * math.Exp(math.Log(1+yearly)*-float64(left)/12+0.03*rng.NormFloat64()), 100
		})}
	}
	r := measure(t, "debt.density", seeds, func(rng *rand.Rand) metric.Set { return trend(rng, 0) }, nil)
	atMost(t, "denser", r, 0.06)
	r = measure(t, "debt.density", seeds, func(rng *rand.Rand) metric.Set { return trend(rng, 0.4) }, nil)
	atLeast(t, "denser", r.of(r.present), 0.9)
}

// happened are events at even distances over so many months, with log-normal values.
func happened(rng *rand.Rand, name string, n, months int, median func(monthsAgo float64) float64) metric.Set {
	s := metric.Series{AsOf: asOf}
	for i := range n {
		ago := float64(months) * (float64(n-i) - 0.5) / float64(n)
		at := asOf.AddDate(0, 0, -int(ago*30.44))
		s.Events = append(s.Events, metric.Event{At: at, Value: median(ago) * math.Exp(0.5*rng.NormFloat64()), N: 1})
	}
	for q := asOf.AddDate(-3, 0, 0); q.Before(asOf); q = q.AddDate(0, 3, 0) {
		s.Points = append(s.Points, metric.Point{Start: q, Value: 1, N: 5})
	}
	return metric.Set{name: s}
}

func TestSlowing(t *testing.T) {
	for _, c := range []struct{ id, metric string }{{"onboarding.slowing", "onboarding_days"}, {"decisions.slowing", "decision_days"}} {
		for _, n := range []int{24, 60} {
			t.Run(fmt.Sprintf("%s, %d of them", c.id, n), func(t *testing.T) {
				t.Parallel()
				r := measure(t, c.id, seeds, func(rng *rand.Rand) metric.Set {
					return happened(rng, c.metric, n, 36, func(float64) float64 { return 20 })
				}, nil)
				atMost(t, "slower", r, 0.06)
				r = measure(t, c.id, seeds, func(rng *rand.Rand) metric.Set {
					return happened(rng, c.metric, n, 36, func(ago float64) float64 {
						if ago < 12 {
							return 60
						}
						return 20
					})
				}, nil)
				atLeast(t, "three times slower", r.of(r.present), 0.9)
				r = measure(t, c.id, seeds, func(rng *rand.Rand) metric.Set {
					set := happened(rng, c.metric, n, 36, func(ago float64) float64 {
						if ago < 12 {
							return 60
						}
						return 20
					})
					es := set[c.metric].Events
					rng.Shuffle(len(es), func(a, b int) { es[a].Value, es[b].Value = es[b].Value, es[a].Value })
					return set
				}, nil)
				atMost(t, "slower, when shuffled", r, 0.06)
			})
		}
	}
}

func TestReleases(t *testing.T) {
	for _, m := range []float64{1, 2, 4, 10} {
		t.Run(fmt.Sprintf("%.0f a month", m), func(t *testing.T) {
			t.Parallel()
			simulate := func(after float64) func(*rand.Rand) metric.Set {
				return func(rng *rand.Rand) metric.Set {
					return metric.Set{"release_frequency": monthly(24, func(left int) (float64, int) {
						if left <= 6 {
							return poisson(rng, after), 1
						}
						return poisson(rng, m), 1
					})}
				}
			}
			r := measure(t, "releases.slowing", seeds, simulate(m), nil)
			atMost(t, "slower", r, 0.06)
			r = measure(t, "releases.slowing", seeds, simulate(m/3), nil)
			if m >= 4 { // six months of two releases each cannot be told from one each
				atLeast(t, "three times slower", r.of(r.present), 0.8)
			}
		})
	}
}

func TestLeadTime(t *testing.T) {
	simulate := func(factor float64) func(*rand.Rand) metric.Set {
		return func(rng *rand.Rand) metric.Set {
			return metric.Set{"lead_time_to_release": monthly(24, func(left int) (float64, int) {
				x := 12 * math.Exp(0.4*rng.NormFloat64())
				if left <= 6 {
					x *= factor
				}
				return x, 40
			})}
		}
	}
	r := measure(t, "leadtime.slowing", seeds, simulate(1), nil)
	atMost(t, "longer", r, 0.06)
	r = measure(t, "leadtime.slowing", seeds, simulate(2.5), nil)
	atLeast(t, "longer", r.of(r.present), 0.85)
}

func TestReverts(t *testing.T) {
	for _, commits := range []int{60, 300} {
		t.Run(fmt.Sprintf("%d commits a month", commits), func(t *testing.T) {
			t.Parallel()
			simulate := func(before, after float64) func(*rand.Rand) metric.Set {
				return func(rng *rand.Rand) metric.Set {
					return metric.Set{"revert_share": monthly(24, func(left int) (float64, int) {
						p, k := before, 0
						if left <= 6 {
							p = after
						}
						for range commits {
							if rng.Float64() < p {
								k++
							}
						}
						return float64(k) / float64(commits), commits
					})}
				}
			}
			r := measure(t, "reverts.rising", seeds, simulate(0.03, 0.03), nil)
			atMost(t, "more", r, 0.06)
			r = measure(t, "reverts.rising", seeds, simulate(0.03, 0.09), nil)
			atLeast(t, "three times more", r.of(r.present), 0.85)
		})
	}
}

func TestGrowthOfNothing(t *testing.T) {
	r := measure(t, "engineers.growth", seeds, func(rng *rand.Rand) metric.Set {
		return metric.Set{"active_engineers": steps(27, func(int) float64 { return 25 + math.Round(1.5*rng.NormFloat64()) })}
	}, nil)
	atMost(t, "growth", r, 0.06)
}
