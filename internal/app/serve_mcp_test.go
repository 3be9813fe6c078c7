package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// bearing adds a token to what is asked.
type bearing string

func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// checkAssistant lets an assistant ask over HTTP, as its protocol says, with a token for all and
// with one for little.
func (s *serving) checkAssistant(t *testing.T, c *http.Client) {
	enter := func(token string) (*mcp.ClientSession, error) {
		return mcp.NewClient(&mcp.Implementation{Name: "assistant"}, nil).Connect(t.Context(), &mcp.StreamableClientTransport{
			Endpoint: s.address + "/mcp", HTTPClient: &http.Client{Transport: bearing(token)}, MaxRetries: -1}, nil)
	}
	ask := func(session *mcp.ClientSession, tool string, args map[string]any) (string, bool) {
		t.Helper()
		res, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: args})
		if err != nil {
			t.Fatalf("%s: %v", tool, err)
		}
		var text strings.Builder
		for _, one := range res.Content {
			if one, ok := one.(*mcp.TextContent); ok {
				text.WriteString(one.Text)
			}
		}
		return text.String(), res.IsError
	}
	session, err := enter(s.token(c, "read:diagnosis read:delivery read:organisation read:agreement read:decisions read:forecast"))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close() //nolint:errcheck // asked for nothing more
	tools, err := session.ListTools(t.Context(), nil)
	if err != nil || len(tools.Tools) < 9 {
		t.Fatalf("%v, %v", tools, err)
	}
	for _, tool := range tools.Tools {
		if tool.Annotations == nil || !tool.Annotations.ReadOnlyHint {
			t.Errorf("%s is not said to change nothing", tool.Name)
		}
	}
	for tool, c := range map[string]struct {
		args map[string]any
		want string
	}{
		"which_leader":   {nil, `"headline"`},
		"explain":        {map[string]any{"name": "N6"}, "N6"},
		"list_metrics":   {nil, "throughput"},
		"metric":         {map[string]any{"name": "throughput"}, `"points"`},
		"open_decisions": {nil, `"total"`},
		"structure":      {nil, `"summary"`},
	} {
		text, failed := ask(session, tool, c.args)
		if failed || !strings.Contains(text, c.want) {
			t.Errorf("%s: failed %t: %.300s", tool, failed, text)
		}
	}
	if text, failed := ask(session, "metric", map[string]any{"name": "joiners"}); !failed {
		t.Errorf("a metric of people without the grant for it: %.300s", text)
	}
	few, err := enter(s.token(c, "read:decisions"))
	if err != nil {
		t.Fatal(err)
	}
	defer few.Close() //nolint:errcheck // asked for nothing more
	if text, failed := ask(few, "which_leader", nil); !failed || strings.Contains(text, "headline") {
		t.Errorf("the verdict for a token of decisions: failed %t: %.300s", failed, text)
	}
	if text, failed := ask(few, "open_decisions", nil); failed {
		t.Errorf("decisions for a token of decisions: %.300s", text)
	}
	if session, err := enter("diarchy_none"); err == nil {
		session.Close() //nolint:errcheck // should not be
		t.Error("a token of nobody is let in")
	}
}
