package diagnosis

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

var callWords = map[string]string{
	cockpit.CallOneLeader: "One leader of engineering is enough",
	cockpit.CallPrepare:   "Prepare to split the role",
	cockpit.CallSplitNow:  "Split the role now",
	cockpit.CallUnknown:   "Not enough evidence for a call",
}

var roleWords = map[string]string{"cto": "a CTO", "vpe": "a VP of Engineering", "both": "a CTO and a VP of Engineering", "first_leader": "a first technical leader"}

// verdict is the answer.
func (in Input) verdict(s sight) cockpit.Verdict {
	v := cockpit.Verdict{Shares: map[string]float64{}}
	for _, c := range calls {
		v.Shares[c] = s.tally.shares[c]
	}
	v.Call, v.Confidence = s.tally.call()
	why := in.enough(s)
	if why != "" {
		v.Call = cockpit.CallUnknown
		v.MissingRole = "unknown"
		v.Headline = callWords[v.Call]
		v.Summary = capital(why) + "."
		if s.model.engineers.known() {
			best, _ := s.tally.call()
			v.Summary += fmt.Sprintf(" What is known leans to %q, but it does not carry that call.", uncapital(callWords[best]))
		}
		v.Confidence, v.Shares = 0, noCall()
		v.Confident = "Too little is known to say how sure a call would be."
		v.RoleReason = "Without a call there is no missing role."
		v.When = cockpit.When{Summary: "Unknown."}
		v.InTheMean = []string{"Supply what is missing: the list below begins with what would make a call possible."}
		return v
	}
	v.Confident = fmt.Sprintf("In %d of 100 ways to read the same evidence, the answer is the same.", ofHundred(v.Confidence))
	v.MissingRole, v.RoleReason = missingRole(v.Call, s)
	two := s.leading() == 2
	v.Headline = headline(v.Call, v.MissingRole, two)
	if next, lead := s.tally.next(v.Call); lead < s.model.cuts.tooClose {
		v.TooClose = next
		v.Headline = tooClose(v.Call, next, two)
		v.Confident = fmt.Sprintf("In %d of 100 ways to read the same evidence this is the answer, in %d it is %q.", ofHundred(v.Confidence), ofHundred(s.tally.shares[next]), uncapital(callWords[next]))
	}
	if s.volunteers() > 0 {
		v.Premise = "If this were a company"
		v.Headline = v.Premise + ": " + uncapital(v.Headline)
	}
	v.Summary = summary(v, s)
	v.When = in.when(s, v.Call)
	v.InTheMean = meantime(v.Call, s)
	return v
}

// headline is a call in a sentence. Two leaders who are there have nothing to prepare or
// to split.
func headline(call, role string, two bool) string {
	switch {
	case two && call == cockpit.CallOneLeader:
		return "One leader of engineering would be enough, and there are two"
	case call == cockpit.CallOneLeader && role == "first_leader":
		return "One leader is enough, and there is none"
	case call == cockpit.CallOneLeader:
		return callWords[call]
	case role == "none" && call == cockpit.CallSplitNow:
		return "Two leaders are needed, and both are there"
	case role == "none":
		return "Two leaders may be needed, and both are there"
	}
	verb := " is missing"
	if role == "both" {
		verb = " are missing"
	}
	return callWords[call] + ": " + roleWords[role] + verb
}

func tooClose(call, next string, two bool) string {
	switch {
	case two && call != cockpit.CallOneLeader && next != cockpit.CallOneLeader:
		return "Two leaders are there; too close to tell whether they are needed now or soon"
	case two:
		return "Two leaders are there; too close to tell whether one would be enough"
	}
	return "Too close to tell: " + uncapital(callWords[call]) + ", or " + uncapital(callWords[next])
}

func summary(v cockpit.Verdict, s sight) string {
	present, weighed := 0, 0
	for _, i := range s.model.indicators {
		if i.lens == playbook.LensSymptoms && i.judged() {
			weighed++
			if i.state == signal.Present {
				present++
			}
		}
	}
	size := signal.Count(s.co.engineers.Low, "engineers")
	if s.co.measured {
		size = fmt.Sprintf("%.0f to %s (from commits)", s.co.engineers.Low, signal.Count(s.co.engineers.High, "engineers"))
	}
	asked, _, passed, _ := s.opinions()
	_, load, _ := s.tally.spread(func(o outcome) float64 { return o.ratio })
	lead := ""
	if s.volunteers() > 0 {
		lead = "This looks like an open-source project; how many of its contributors are employed cannot be seen, so the range is wide. "
	}
	return lead + fmt.Sprintf("With %s, %.0f of the %d sources with published rules that apply would have split the role. %s of the %d symptoms that say something %s present. Leading this organisation takes about %.1f times what one person has.",
		size, passed, asked, capital(counted(present)), weighed, are(present), load)
}

// noCall is how the draws fall where none of them counts.
func noCall() map[string]float64 { return map[string]float64{cockpit.CallUnknown: 1} }

func counted(n int) string {
	if words := []string{"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}; n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

// pull is how strongly present indicators speak for a role.
func pull(s sight, role string) (sum float64, ids []string) {
	for _, i := range s.model.indicators {
		if i.state == signal.Present && i.speaks == role {
			sum += i.weight * math.Log(math.Sqrt(i.present.Low*i.present.High))
			ids = append(ids, i.id)
		}
	}
	return sum, ids
}

// missingRole says whose function is starved, given who leads today.
func missingRole(call string, s sight) (role, reason string) {
	leads := func(r string) bool { return slices.Contains(s.co.leaders, r) }
	execution, forVPE := pull(s, "vpe")
	strategy, forCTO := pull(s, "cto")
	reasons := func(ids []string) string {
		if len(ids) == 0 {
			return ""
		}
		return " (" + plain(strings.Join(ids, ", ")) + ")"
	}
	switch {
	case leads("cto") && leads("vpe"):
		return "none", "A CTO and a VP of Engineering both lead today."
	case s.co.leadKnown && len(s.co.leaders) == 0 && call == cockpit.CallOneLeader:
		return "first_leader", "Nobody leads engineering today; at this size one technical leader does both (O1)."
	case call == cockpit.CallOneLeader:
		return "none", "One technical leader can do both at this size (O1)."
	case s.co.leadKnown && len(s.co.leaders) == 0:
		first := "VP of Engineering"
		if strategy > execution {
			first = "CTO"
		}
		return "both", fmt.Sprintf("Nobody leads engineering today. Start with the %s, whose function shows more symptoms.", first)
	case leads("cto"):
		return "vpe", "The CTO leads alone. How and when things are built (C1) has no owner of its own" + reasons(forVPE) + "."
	case leads("vpe"):
		return "cto", "The VP of Engineering leads alone. What is built on and why (C1) has no owner of its own" + reasons(forCTO) + "."
	}
	assumed := ""
	if !s.co.leadKnown {
		assumed = " Who leads today is not declared; one technical leader is assumed."
	}
	if strategy > execution {
		return "cto", "Symptoms of missing direction weigh more than those of execution" + reasons(forCTO) + ", so a CTO beside the present leader." + assumed
	}
	if execution == 0 {
		return "vpe", "No symptom tells the two roles apart; the hours of leadership work at this size are mostly execution, which is a VP of Engineering's (R2)." + assumed
	}
	return "vpe", "Symptoms of execution weigh more than those of missing direction" + reasons(forVPE) + ", so a VP of Engineering beside the present leader." + assumed
}

// whenDraws is how many draws are projected month by month.
const whenDraws = 400

// when projects growth until draws call for a split.
func (in Input) when(s sight, call string) cockpit.When {
	if call == cockpit.CallSplitNow {
		now := s.asOf.Add(-time.Nanosecond).Format("2006-01")
		return cockpit.When{From: now, To: now, Summary: "Now: the evidence of today already carries the call."}
	}
	turns := s.model.turns(in.Seed, whenDraws)
	at := func(q float64) float64 { return turns[int(q*float64(len(turns)-1))] }
	from, to := at(0.2), at(0.8)
	growth := s.model.growth
	basis := fmt.Sprintf("if engineers grow by %.0f to %.0f %% a year and nothing else changes", 100*growth.Low, 100*growth.High)
	if math.Round(100*growth.Low) == 0 && math.Round(100*growth.High) == 0 {
		basis = "if engineers neither grow nor shrink in number and nothing else changes"
	}
	last := s.asOf.Add(-time.Nanosecond) // the last moment that is known
	today := time.Date(last.Year(), last.Month(), 1, 0, 0, 0, 0, time.UTC)
	month := func(m float64) string { return today.AddDate(0, int(m), 0).Format("2006-01") }
	years := fmt.Sprintf("%.0f years", float64(s.model.cuts.horizonMonths)/12)
	switch {
	case from == 0 && math.IsInf(to, 1):
		return cockpit.When{From: month(from), Summary: fmt.Sprintf("A split is due in %d of 100 draws now already, and in at least one of five not within %s, %s.", ofHundred(s.tally.shares[cockpit.CallSplitNow]), years, basis)}
	case from == 0:
		return cockpit.When{From: month(from), To: month(to), Summary: fmt.Sprintf("A split is due in %d of 100 draws now already, and by %s in four of five, %s.", ofHundred(s.tally.shares[cockpit.CallSplitNow]), words(month(to)), basis)}
	case math.IsInf(from, 1):
		return cockpit.When{Summary: fmt.Sprintf("A split falls due within %s in fewer than one draw of five, %s.", years, basis)}
	case math.IsInf(to, 1):
		return cockpit.When{From: month(from), Summary: fmt.Sprintf("A split falls due before %s in no more than one draw of five, and in at least one of five not within %s, %s.", words(month(from)), years, basis)}
	}
	return cockpit.When{From: month(from), To: month(to), Summary: fmt.Sprintf("A split falls due between %s and %s in the middle three of five draws, %s.", words(month(from)), words(month(to)), basis)}
}

func words(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return t.Format("January 2006")
}

// mostAdvice is how many things to do are shown.
const mostAdvice = 4

// meantime lists what helps besides hiring, the strongest indicator first.
func meantime(call string, s sight) []string {
	var out []string
	for _, j := range strongest(s.judgements) {
		if j.Lens != playbook.LensStructure && j.State == signal.Present && j.Advice != "" && len(out) < mostAdvice {
			out = append(out, plain(j.ID)+": "+j.Advice)
		}
	}
	if len(out) == 0 && call != cockpit.CallSplitNow {
		out = append(out, "Nothing presses. Look again in a quarter.")
	}
	return out
}

// are agrees with a count of things.
func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// ofHundred is a known share in hundredths.
func ofHundred(share float64) int {
	n, _ := cockpit.OfHundred(share)
	return n
}

func uncapital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
