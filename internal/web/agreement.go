package web

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

// agreementTabs are the pages of the room.
func (r *request) agreementTabs() []roomLink {
	return r.tabs("The text", "/agreement", "Who decides this?", "/agreement/decide", "Drift", "/agreement/drift", "This week", "/agreement/agenda", "Versions", "/agreement/versions")
}

func (r *request) tabs(texts ...string) (out []roomLink) {
	for i := 0; i+1 < len(texts); i += 2 {
		out = append(out, roomLink{Label: texts[i], Address: r.place.address(texts[i+1]), Here: r.URL.Path == texts[i+1]})
	}
	return out
}

// agreement is the text, what is open in it, and who signed.
func (s *Server) agreement(r *request) (room, error) {
	a, proposed, err := s.company.Agreed(r.Context())
	if err != nil {
		return room{}, err
	}
	v := report.AgreementOf(a)
	m := room{title: "Agreement", headline: v.Headline, lede: v.Summary, tabs: r.agreementTabs(), strip: v.Strip, data: a}
	if proposed {
		m.headline, m.lede, m.strip = "There is no agreement yet; this is what the playbook proposes", "For a company of this size, with what its facts show. Make it yours: it becomes a file of the workspace, in which every line can be changed.", nil
		write := section{ID: "write", Title: "Make it yours", Form: &form{Action: r.place.address("/agreement/draft"), Submit: "Write agreement.yaml into the workspace"}}
		if r.mayChange(access.Agreement) {
			m.sections = append(m.sections, write)
		}
	}
	if r.place.AsOf != "" {
		m.lede += " The text and the signatures are those of today; what was changed before is under Versions."
	}
	if len(v.Open) > 0 && !proposed {
		open := section{ID: "open", Title: "Before you sign"}
		for _, i := range v.Open {
			open.Items = append(open.Items, r.advised(item{Title: i.Text, Meta: i.Level}, i.Advice))
		}
		m.sections = append(m.sections, open)
	}
	roles := section{ID: "roles", Title: "Roles"}
	for _, c := range v.Roles {
		roles.Charters = append(roles.Charters, charter{c.Title + ": " + c.Holder, c.Mission, c.Owns, c.AnswersFor, c.Facts})
	}
	m.sections = append(m.sections, roles,
		section{ID: "rights", Title: "Who decides", Grid: gridOf(v.Decisions)}, section{ID: "overlaps", Title: "Matters of both", Grid: gridOf(v.Overlaps)},
		section{ID: "meetings", Title: "Meetings", Grid: gridOf(v.Meetings)}, section{ID: "reviews", Title: "Reviews of documents", Grid: gridOf(v.Reviews)}, tradeOffs(a), disputes(a.Escalation))
	if !proposed {
		m.sections = append(m.sections, signing(r, a))
	}
	m.sections = append(m.sections, cited(v.Citations)...)
	return m, nil
}

func tradeOffs(a cockpit.Agreement) section {
	g := &grid{Caption: "Standing trade-offs", Head: []string{"Trade-off", "Question", "Today", "Position", "Decides"}}
	for _, t := range a.TradeOffs {
		g.Rows = append(g.Rows, row(t.Title, t.Question, orElse(t.Today, "not measured"), orElse(t.Position, "open"), cockpit.WhoWords(t.Decides)))
	}
	return section{ID: "trade-offs", Title: "Trade-offs", Grid: g}
}

func disputes(steps []cockpit.EscalationStep) section {
	v := section{ID: "escalation", Title: "When they disagree"}
	for i, st := range steps {
		within := "no clock"
		if st.Within > 0 {
			within = fmt.Sprintf("within %d working days", st.Within)
		}
		v.Items = append(v.Items, item{Title: fmt.Sprintf("%d. %s", i+1, capital(report.Clean(cockpit.WhoWords(st.To)))), Meta: within, Text: report.Clean(st.How)})
	}
	return v
}

// signing shows who signed, and signs the text that is shown and no other.
func signing(r *request, a cockpit.Agreement) section {
	v := section{ID: "signatures", Title: "Signatures", Lead: "They sign the text with SHA-256 " + report.Clean(a.SHA256) + "."}
	var roles []choice
	for _, g := range a.Signatures {
		state := map[string]string{cockpit.SignatureValid: "signed this text", cockpit.SignatureStale: "signed another text: it was changed since"}[g.State]
		if state == "" {
			state = "not signed"
		}
		text := ""
		if g.Date != "" {
			text = fmt.Sprintf("%s, %s", g.Name, report.Day(g.Date))
		}
		v.Items = append(v.Items, item{Title: capital(report.Clean(g.Called)), Meta: state, Text: report.Clean(text)})
		roles = append(roles, choice{Value: g.ID, Label: report.Clean(strings.TrimPrefix(g.Called, "the ")), Chosen: g.State != cockpit.SignatureValid && len(roles) == 0})
	}
	if !r.mayChange(access.Agreement) {
		return v
	}
	v.Form = &form{Action: r.place.address("/agreement/sign"), Hidden: []option{{"hash", a.SHA256}}, Submit: "Sign", Fields: []field{
		{Label: "For", Name: "role", Kind: "select", Options: roles},
		{Label: "Name", Name: "name", Kind: "text", Required: true, Hint: "Written into the file beside the hash of the text."},
	}}
	return v
}

// sign signs the agreement.
func (s *Server) sign(r *request) error {
	role := access.Role(r.PostFormValue("role"))
	if (role == access.CTO || role == access.VPE) && !r.viewer.Is(role) {
		return problem.New(problem.Usage, "sign for the role that you have; an administrator gives roles", "you are not the one who signs for %s", role)
	}
	if err := s.company.Sign(r.Context(), r.PostFormValue("role"), r.PostFormValue("name"), r.PostFormValue("hash")); err != nil {
		return err
	}
	r.done("/agreement", "signed")
	return nil
}

// writeDraft makes the proposal the company's own.
func (s *Server) writeDraft(r *request) error {
	if err := s.company.WriteDraft(r.Context()); err != nil {
		return err
	}
	r.done("/agreement", "drafted")
	return nil
}

// decide answers "who decides this?".
func (s *Server) decide(r *request) (room, error) {
	f := r.URL.Query()
	q := cockpit.Question{Text: f.Get("q"), Kind: f.Get("kind"), Reach: f.Get("reach"), Horizon: f.Get("horizon"), Cost: f.Get("cost"), Reversible: f.Get("reversible"), Security: f.Get("security"), Compliance: f.Get("compliance")}
	a, err := s.company.WhoDecides(r.Context(), q)
	if fieldOf(err) != "" {
		r.refused = err
	} else if err != nil {
		return room{}, err
	}
	m := room{title: "Who decides this?", headline: "Who decides this?", lede: "Ask in words, or say what is known of the choice. What you do not say is unknown, and the answer says when it matters.", tabs: r.agreementTabs(), data: a}
	if a.Ruling != nil {
		m.headline, m.lede = report.Clean(a.Ruling.Sentence), report.Clean(a.Note)
		m.sections = append(m.sections, ruled(*a.Ruling))
	}
	yes := func(name, label string, value string) field {
		return field{Label: label, Name: name, Kind: "select", Options: choices([]option{{"", "not said"}, {"yes", "yes"}, {"no", "no"}}, value)}
	}
	ask := section{ID: "ask", Title: "Ask", Form: &form{Action: "/agreement/decide", Get: true, Hidden: r.place.hidden(), Submit: "Who decides?", Fields: []field{
		{Label: "In words", Name: "q", Kind: "text", Value: q.Text, Hint: "such as: choose a new cloud vendor"},
		{Label: "Whom it binds", Name: "reach", Kind: "select", Options: choices([]option{{"", "not said"}, {"team", "one team"}, {"several_teams", "several teams"}, {"company", "the company"}}, q.Reach)},
		{Label: "For how many months", Name: "horizon", Kind: "number", Value: q.Horizon},
		{Label: "What it costs, in thousands", Name: "cost", Kind: "number", Value: q.Cost, Hint: "once and in the first year"},
		yes("reversible", "Can it be taken back", q.Reversible), yes("security", "Is security touched", q.Security), yes("compliance", "Is a compliance framework touched", q.Compliance),
	}}}
	if a.Ruling == nil {
		ask.Lead = report.Clean(a.Note)
	}
	r.say(&ask, "The question was not answered.")
	m.sections = append(m.sections, ask)
	g := &grid{Caption: "Kinds of decision", Head: []string{"Decision", "Decides", "Consulted", "Working days", "Rests on"}}
	for _, k := range a.Kinds {
		days := "open"
		if k.Days > 0 {
			days = fmt.Sprint(k.Days)
		}
		one := row(k.Title, orElse(cockpit.WhoWords(k.Decides), "nobody"), cockpit.WhoWords(k.Consulted), days, strings.Join(k.Cites, ", "))
		one[0].Address = r.place.address("/agreement/decide", "kind", k.ID)
		g.Rows = append(g.Rows, one)
	}
	if len(g.Rows) > 0 {
		m.sections = append(m.sections, section{ID: "kinds", Title: "Kinds of decision", Grid: g})
	}
	return m, nil
}

func ruled(d cockpit.Ruling) section {
	v := section{ID: "ruling", Title: "Why", Lead: report.Clean("Kind of decision: " + orElse(d.Title, "it depends") + ". By " + d.Source + "."), Notes: cleaned(d.Notes)}
	for _, rule := range d.Rules {
		v.Items = append(v.Items, item{Title: report.Clean(rule.Says), Meta: report.Clean(strings.Join(rule.Cites, ", ")), Text: report.Clean(rule.When)})
	}
	if len(d.Informed) > 0 {
		v.Notes = append(v.Notes, report.Clean("To be told afterwards: "+cockpit.WhoWords(d.Informed)+"."))
	}
	if len(d.Depends) > 0 {
		v.Notes = append(v.Notes, report.Clean("It depends on: "+cockpit.Words(strings.Join(d.Depends, ", "))+"."))
	}
	return v
}

// drift is who decided against who was to decide.
func (s *Server) drift(r *request) (room, error) {
	d, err := s.company.Drift(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	m := room{title: "Drift", headline: "Who decided, against who was to decide", lede: report.Clean(d.Summary), tabs: r.agreementTabs(), data: d}
	found := section{ID: "findings", Title: "Where practice left the paper", Notes: when(len(d.Findings) == 0, "Nowhere that could be seen.")}
	for _, f := range d.Findings {
		found.Items = append(found.Items, r.advised(item{Title: report.Clean(f.Text), Meta: strings.Join(f.Cites, ", ")}, f.Advice))
	}
	if d.Traces == 0 {
		found.Empty = &empty{Why: "No decision left a trace yet.", Needs: "Drift is seen in decision records; write the first one with:", Command: `diarchy decision new "TITLE"`, Takes: "It is seen as soon as the sources are read again."}
		found.Notes = nil
	}
	g := &grid{Caption: "Kinds of decision of which there is a trace", Head: []string{"Decision", "Owner", "Decided", "By the owner", "By others", "Not known by whom", "Late", "Open", "Overdue"}}
	waiting := &grid{Caption: "Decisions that wait", Head: []string{"Decision", "Kind", "Working days", "Agreed"}}
	for _, k := range d.Kinds {
		others := []string{}
		for _, o := range k.Others {
			others = append(others, fmt.Sprintf("%s %d", o.Called, o.Count))
		}
		g.Rows = append(g.Rows, row(k.Title, k.Owner, fmt.Sprint(k.Decided), fmt.Sprint(k.ByOwner), strings.Join(others, ", "), fmt.Sprint(k.Unknown), fmt.Sprint(k.Late), fmt.Sprint(k.Open), fmt.Sprint(k.Overdue)))
		for _, t := range k.Traces {
			if t.Decided == "" {
				one := row(t.Title, k.Title, fmt.Sprint(t.Days), fmt.Sprint(k.Days))
				one[0].Address = r.place.address("/decisions/record", "id", t.Record)
				waiting.Rows = append(waiting.Rows, one)
			}
		}
	}
	m.sections = append(m.sections, found)
	if len(waiting.Rows) > 0 {
		m.sections = append(m.sections, section{ID: "waiting", Title: "What waits", Grid: waiting})
	}
	if len(g.Rows) > 0 {
		m.sections = append(m.sections, section{ID: "kinds", Title: "By kind", Grid: g})
	}
	return m, nil
}

// versions are those that the company's git has, with what changed in words.
func (s *Server) versions(r *request) (room, error) {
	all, err := s.company.Versions(r.Context())
	if err != nil {
		return room{}, err
	}
	m := room{title: "Versions", headline: "Versions of the agreement", tabs: r.agreementTabs(), data: all}
	if len(all) == 0 {
		kept, err := s.company.Kept(r.Context())
		if err != nil {
			return room{}, err
		}
		none := &empty{Why: "No version is known.", Needs: "Versions are commits of the repository that holds the workspace. In its folder:", Command: "git add agreement.yaml && git commit -m 'Agreement as drafted'", Takes: "They are listed here at once."}
		if !kept {
			none.Why, none.Command = "No version is known, since no repository keeps the workspace.", "git init && "+none.Command
		}
		m.sections = []section{{ID: "versions", Title: "Versions", Empty: none}}
		return m, nil
	}
	m.lede = fmt.Sprintf("%s changed it; the newest is of %s.", counted(len(all), "commit"), report.Day(all[0].Day))
	for i, v := range all {
		one := section{ID: fmt.Sprintf("version-%d", i), Title: report.Day(v.Day), Lead: "Commit " + report.Clean(v.Revision[:min(12, len(v.Revision))])}
		for _, c := range v.Changes {
			one.Items = append(one.Items, item{Title: report.Clean(c.Text), Meta: report.Clean(c.Part)})
		}
		one.Notes = when(len(v.Changes) == 0, "No difference in what it says that could be told.")
		m.sections = append(m.sections, one)
	}
	return m, nil
}

// agenda is what the two have to talk about this week.
func (s *Server) agenda(r *request) (room, error) {
	a, err := s.company.Agenda(r.Context(), r.place)
	if err != nil {
		return room{}, err
	}
	m := room{title: "This week", headline: "What the two have to talk about this week", lede: report.Clean(a.Summary) + comparedWith(a.Since), tabs: r.agreementTabs(), data: a}
	clocks := section{ID: "clocks", Title: "With a clock", Lead: "What has waited longest past its time comes first."}
	rest := section{ID: "points", Title: "Without a clock"}
	for _, p := range a.Points {
		one := r.advised(item{Title: report.Clean(p.Title), Meta: report.Clean(p.Clock), Text: report.Clean(p.Text), Label: "Room " + roomNames[p.Room], Address: r.roomAddress(p.Room)}, p.Advice)
		switch id := strings.TrimPrefix(p.ID, "waiting "); p.Kind {
		case "waiting", "escalation":
			one.Address, one.Label = r.place.address("/decisions/record", "id", id), "The record"
		case "decision":
			one.Address, one.Label = r.place.address("/decisions/record", "id", strings.TrimPrefix(p.ID, "decision ")), "The record"
		case "finding", "structure":
			one.Why = r.explainAt(strings.TrimPrefix(p.ID, p.Kind+" "))
		}
		switch {
		case p.Outcome != nil:
			one.Action, one.Label, one.Address = "Concluded on "+report.Day(p.Outcome.Day)+": "+report.Clean(p.Outcome.Outcome), "", ""
		case r.mayChange(access.Agreement):
			one.Form = &form{Action: r.place.address("/agreement/agenda"), Hidden: []option{{"point", p.ID}, {"title", p.Title}}, Submit: "Record", Fields: []field{{Label: "What came out of it", Name: "outcome", Kind: "text", Required: true, About: p.Title, Wide: true}}}
		}
		if p.Clock != "" {
			clocks.Items = append(clocks.Items, one)
		} else {
			rest.Items = append(rest.Items, one)
		}
	}
	for _, part := range []section{clocks, rest} {
		if len(part.Items) > 0 {
			m.sections = append(m.sections, part)
		}
	}
	if len(a.Outcomes) > 0 {
		g := &grid{Caption: "Recorded outcomes, newest first", Head: []string{"Day", "Point", "Outcome"}}
		for _, o := range a.Outcomes {
			g.Rows = append(g.Rows, row(o.Day, o.Title, o.Outcome))
		}
		m.sections = append(m.sections, section{ID: "outcomes", Title: "What came out", Grid: g})
	}
	return m, nil
}

// conclude records an outcome.
func (s *Server) conclude(r *request) error {
	o := cockpit.Outcome{Point: r.PostFormValue("point"), Title: r.PostFormValue("title"), Outcome: r.PostFormValue("outcome")}
	if len(o.Outcome) > 2000 {
		return problem.New(problem.Usage, "write it shorter; minutes belong elsewhere", "an outcome of more than 2,000 letters")
	}
	if err := s.company.Conclude(r.Context(), o); err != nil {
		return err
	}
	r.done("/agreement/agenda", "recorded")
	return nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// row makes cells of texts.
func row(texts ...string) (out []cell) {
	for _, t := range texts {
		out = append(out, cell{Text: report.Clean(t)})
	}
	return out
}

func gridOf(t report.TablePart) *grid {
	g := &grid{Caption: t.Caption, Head: t.Head}
	for _, r := range t.Rows {
		g.Rows = append(g.Rows, row(r...))
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g
}
