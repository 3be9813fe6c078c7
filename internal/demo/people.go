package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// mergers is how many of the first people merge the others' change requests.
// They never leave, and live in Europe, so that merges fall into working hours.
const mergers = 6

// person is an invented engineer.
type person struct {
	name, handle string
	email, alt   string // alt: a second address of the same person, or ""
	zone         *time.Location
	home         int         // repository that gets most of the work
	weight       float64     // share of the work beyond one change a week
	from, until  int         // weeks; until is the first week after
	ramp         []time.Time // a newcomer's first five days with a change; nil for founders
}

// ramped reports whether a newcomer's first days are over before week w begins.
func (p *person) ramped(c calendar, w int) bool {
	return len(p.ramp) == 0 || p.ramp[len(p.ramp)-1].Before(c.week(w))
}

func (p *person) here(w int) bool { return p.from <= w && w < p.until }

// staff invents everybody who works for the company, in the order of joining.
func staff(c Company, cal calendar, r *rand.Rand, repos int) []*person {
	s := &hiring{c: c, cal: cal, r: r, repos: repos, names: invent(r)}
	for range c.Founders {
		s.join(0)
	}
	grown, sinceChurn := cal.back(c.StableWeeks), 0
	for w := 1; w < cal.weeks-7; w++ {
		if sinceChurn++; sinceChurn >= s.churn(w < grown) && holiday(cal.week(w)) == 1 {
			sinceChurn = 0
			s.leave(w)
		}
		for s.count(w) < s.target(w, grown) {
			s.join(w)
		}
	}
	return s.all
}

// hiring is the state of staff.
type hiring struct {
	c     Company
	cal   calendar
	r     *rand.Rand
	repos int
	names []string
	all   []*person
}

func (s *hiring) churn(growing bool) int {
	if growing && s.c.Engineers > s.c.Founders {
		return 2 * s.c.ChurnWeeks
	}
	return s.c.ChurnWeeks
}

// target is the number of engineers in week w, which grows evenly until week grown.
func (s *hiring) target(w, grown int) int {
	if w >= grown {
		return s.c.Engineers
	}
	return s.c.Founders + int(math.Round(float64((s.c.Engineers-s.c.Founders)*w)/float64(grown)))
}

func (s *hiring) count(w int) int {
	n := 0
	for _, p := range s.all {
		if p.here(w) {
			n++
		}
	}
	return n
}

// leave lets somebody go who was there for half a year and merges nothing.
func (s *hiring) leave(w int) {
	var may []*person
	for _, p := range s.all[min(mergers+1, len(s.all)):] {
		if p.here(w) && w-p.from >= 26 || p.here(w) && p.ramp == nil {
			may = append(may, p)
		}
	}
	if len(may) > 0 {
		one(s.r, may).until = w
	}
}

func (s *hiring) join(w int) {
	i := len(s.all)
	name := s.names[i%len(s.names)]
	if i >= len(s.names) {
		name += " " + string(rune('A'+i/len(s.names)))
	}
	handle := strings.ToLower(strings.ReplaceAll(name, " ", "-"))
	p := &person{
		name: name, handle: handle, zone: zoneOf(s.r, i), home: i % s.repos, from: w, until: s.cal.weeks,
		email:  strings.ReplaceAll(handle, "-", ".") + "@example.com",
		weight: math.Exp(0.45 * s.r.NormFloat64()),
	}
	hidden := fmt.Sprintf("%d+%s@users.noreply.github.com", 20_000_000+s.r.IntN(90_000_000), handle)
	switch {
	case i == 0:
		p.weight = 0.1 // leads; lands little beyond the weekly change
	case i == twoAddresses:
		p.alt = hidden
	case i%5 == 4:
		p.email = hidden
	}
	if w > 0 {
		p.ramp = s.firstDays(w)
	}
	s.all = append(s.all, p)
}

// twoAddresses is who commits with two addresses, which .mailmap joins.
const twoAddresses = 2

// firstDays are a newcomer's first five days with a landed change.
func (s *hiring) firstDays(w int) []time.Time {
	span := 6 + s.r.IntN(5)
	if slow := s.c.Onboarding; w >= s.cal.back(slow.Weeks) {
		span = slow.Days - 5 + s.r.IntN(11)
	}
	first := s.cal.week(w).AddDate(0, 0, s.r.IntN(3))
	days := []time.Time{first}
	for i := 1; i <= 4; i++ {
		jitter := 0
		if gap := span / 4; i < 4 && gap > 3 {
			jitter = s.r.IntN(gap-1) - gap/2
		}
		d := workday(first.AddDate(0, 0, i*span/4+jitter))
		for !d.After(days[i-1]) {
			d = workday(d.AddDate(0, 0, 1))
		}
		days = append(days, d)
	}
	return days
}

// invent joins given and family names of the same region, in a drawn order.
func invent(r *rand.Rand) []string {
	var all []string
	for _, region := range strings.Split(strings.TrimSpace(nameStock), "\n") {
		given, family, _ := strings.Cut(region, "|")
		g, f := strings.Fields(given), strings.Fields(family)
		r.Shuffle(len(f), func(i, j int) { f[i], f[j] = f[j], f[i] })
		for i := range g {
			all = append(all, g[i]+" "+f[i%len(f)])
		}
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// nameStock is one region a line: given names | family names.
const nameStock = `
Amara Chidi Ngozi Tunde Ifeoma Sade | Okonvale Adebrook Nwalani Eziama Balogunde Obitoye
Kenji Haruka Sora Michiko Ren Naoko | Takemori Hoshizaki Kurobane Asamine Mizuhara Shirogawa
Elif Deniz Cem Selin Baris | Yildizer Karatay Demirsoy Aksungur Ozcelen
Anneke Joris Liesbeth Maarten Fenna | Vandersluys Hoekmeer Bruinsveld Dijkhorst Wielenga
Priya Arjun Kavya Rohan Meera Vikram | Raghavendran Suryamani Patelkar Iyengaran Chandrika Deshvani
Katarzyna Piotr Zofia Tomasz Agnieszka | Wrobelska Jaworzyn Lisiecka Kowalnik Zielonka
Mateus Beatriz Caio Larissa Thiago | Figueiral Montalvares Quintelas Sobreiro Vilarinho
Ingrid Lars Sigrun Eskil Freja | Haugmark Lindeskov Nordvall Bjerkholt Strandheim
Leila Omid Yasmin Farid Nasrin | Bahrampur Karimnia Rostamvand Shirvanian Tehrandoust
Mei Jianyu Xiulan Haoran Lifen | Zhaoling Wenqiu Songbai Luoyang Tangwei
Oksana Taras Halyna Bohdan Iryna | Hrytsenok Melnychar Kovaltsiv Shevrenko Lysiuk
Aisling Declan Niamh Fergus Orla | Kilbrannan Dunleary Carrowmore Tullagher Ballinroe
Lucia Mateo Ximena Joaquin Paloma | Arrozuela Belmontes Cienfueros Ibarrola Zaldumbe
Hana Jakub Tereza Vojtech Eliska | Novohradska Svatek Brezinova Hlavnik Dvorsky
Tigist Dawit Selam Yonas Hiwot | Abebayehu Tesfalem Wolderufa Girmachew Kebedeja
`

// zones are where people work, the first ones in Europe.
var zones = [...]string{
	"Europe/Berlin", "Europe/Berlin", "Europe/Lisbon", "Europe/Berlin", "Europe/Warsaw", "Europe/London", "Europe/Berlin",
	"America/New_York", "Asia/Kolkata", "Europe/Kyiv", "America/Sao_Paulo", "Europe/Bucharest", "America/Toronto",
}

// zoneOf places the i-th person.
func zoneOf(r *rand.Rand, i int) *time.Location {
	name := one(r, zones[:])
	if i < mergers {
		name = zones[i]
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return loc
}
