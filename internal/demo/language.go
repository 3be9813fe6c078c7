package demo

import "strings"

// language is the stock from which source text is made. In templates $n and $m
// stand for two nouns, $N and $M for the same with a capital, $v and $V for a verb,
// $a for the area, $k for a number, $d for a short description.
type language struct {
	ext      string
	comment  string
	indent   string
	preamble string
	heads    []string // of functions
	tails    []string // of the function with the same index
	body     []string
	testHead string
	testTail string
	testBody []string
	verbs    []string
}

func verbs() []string {
	return strings.Fields("load store check apply merge list count send cancel expire resolve match split collect refresh validate")
}

// chunks splits templates at lines that hold a dash alone.
func chunks(s string) []string { return strings.Split(strings.Trim(s, "\n"), "\n-\n") }

func goLanguage() *language {
	return &language{
		ext: "go", comment: "// ", indent: "\t", verbs: verbs(),
		preamble: "// Package $a is part of the service; see docs/ for its runbooks.\npackage $a\n\nimport (\n\t\"context\"\n\t\"errors\"\n\t\"fmt\"\n\t\"time\"\n)",
		heads: []string{
			"// $F $vs the $n of one $m.\nfunc (s *Service) $F(ctx context.Context, id string) error {",
			"// $F returns the $n, or nil when there is no $m.\nfunc (s *Service) $F(ctx context.Context, id string) (*$N, error) {",
			"func $F($n *$N, $m *$M) int {",
			"// $F reports whether $n and $m belong together.\nfunc $F($n *$N, $m $M) bool {",
		},
		tails: []string{"\treturn nil\n}", "\treturn $n, nil\n}", "\treturn total\n}", "\treturn $n.ID == $m.ID\n}"},
		body: chunks(`
	$n, err := s.$ms.Load(ctx, id)
	if err != nil {
		return fmt.Errorf("load $n: %w", err)
	}
-
	if $n.Amount <= $k {
		return ErrNo$N
	}
-
	for _, item := range $n.Items {
		if item.Status != status$M {
			continue
		}
		total += item.Amount
	}
-
	switch $n.State {
	case "open", "pending":
		$m.Retries++
	case "closed":
		return nil
	default:
		s.log.Warn("unknown state", "$n", $n.ID)
	}
-
	s.metrics.Add("$a.$n.$v", $k)
-
	limit := min($n.Limit, $k)
-
	// A provider may send a $n twice; the second one is ignored.
	if s.seen($n.ID) && !$m.Force {
		return nil
	}
-
	ctx, cancel := context.WithTimeout(ctx, $k*time.Second)
	defer cancel()
-
	if err := s.$ms.Save(ctx, $m); err != nil {
		if errors.Is(err, ErrConflict) {
			return s.retry(ctx, $n.ID)
		}
		return fmt.Errorf("save $m: %w", err)
	}
-
	$m := $n.$M
	if $m == nil {
		$m = &$M{ID: $n.ID, Since: s.now()}
	}
-
	for attempt := 0; attempt < $k; attempt++ {
		if ok := s.$v$N(ctx, $n); ok {
			break
		}
		s.sleep(backoff(attempt))
	}
-
	if $n.Currency != $m.Currency || $n.Expired(s.now()) {
		s.log.Info("$n skipped", "reason", "expired", "id", $n.ID)
		return nil
	}
-
	// The order matters: the $m is read by the nightly job.
	s.publish(ctx, "$a.$n.changed", $n.ID)`),
		testHead: "func Test$F(t *testing.T) {", testTail: "}",
		testBody: chunks(`
	s := newService(t)
	$n := s.given$N(t, $k)
-
	if err := s.$V$N(t.Context(), $n.ID); err != nil {
		t.Fatal(err)
	}
-
	for _, tt := range []struct {
		name string
		in   int
		want bool
	}{{"none", 0, false}, {"some", $k, true}} {
		if got := has$N(tt.in); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
-
	if got := $n.$M.Total(); got != $k {
		t.Errorf("total of $m: got %d, want $k", got)
	}`),
	}
}

func tsLanguage() *language {
	return &language{
		ext: "ts", comment: "// ", indent: "  ", verbs: verbs(),
		preamble: "import { api } from \"../api\";\nimport { log } from \"../log\";\nimport type { $N, $M } from \"./types\";",
		heads: []string{
			"/** $Vs the $n of a $m. */\nexport async function $f($m: $M): Promise<$N | null> {",
			"export function $f($n: $N, $m?: $M): number {",
			"/** Whether the $n may be shown beside the $m. */\nexport function $f($n: $N, $m: $M): boolean {",
		},
		tails: []string{"  return null;\n}", "  return total;\n}", "  return $n.id === $m.id;\n}"},
		body: chunks(`
  const $n = await api.get<$N>(` + "`/$a/${$m.id}/$n`" + `);
  if (!$n) {
    return null;
  }
-
  if ($n.items.length > $k) {
    log.warn("many items in $n", { id: $n.id });
  }
-
  for (const item of $n.items) {
    if (item.hidden || item.count === 0) continue;
    total += item.price * item.count;
  }
-
  const visible = $n.items.filter((i) => i.stock > 0 && i.kind !== "$m");
-
  switch ($n.state) {
    case "draft":
    case "open":
      $m.pending += 1;
      break;
    case "done":
      return $m;
    default:
      log.info("unknown state", $n.state);
  }
-
  try {
    await api.post("/$a/$n", { id: $m.id, limit: $k });
  } catch (err) {
    if (isConflict(err)) {
      return $v$N($m);
    }
    throw err;
  }
-
  const total$N = $n.items.reduce((sum, i) => sum + i.price, 0);
-
  // Browsers without storage get an empty $n.
  const stored = storage?.getItem("$a.$n") ?? "[]";
-
  const label = $m.count > 1 ? t("$a.$n.many", { n: $m.count }) : t("$a.$n.one");
-
  if (!$m.locale || $m.locale !== $n.locale) {
    $n.price = convert($n.price, $m.locale);
  }
-
  track("$a_$n_$v", { value: $k });
-
  // The $m comes first: screen readers follow this order.
  const order = [$m, ...$n.items].slice(0, $k);`),
		testHead: "test(\"$f\", async () => {", testTail: "});",
		testBody: chunks(`
  const $n = make$N({ items: $k });
  expect($v$N($n)).toBe($k);
-
  render($n);
  expect(screen.getByRole("button")).toBeVisible();
-
  for (const count of [0, 1, $k]) {
    expect(format$N(count)).toMatch(/\d/);
  }
-
  const $m = await load$M("$n-$k");
  expect($m?.id).toBe("$n-$k");`),
	}
}

func pythonLanguage() *language {
	return &language{
		ext: "py", comment: "# ", indent: "    ", verbs: verbs(),
		preamble: "\"\"\"$N tables for $a.\"\"\"\n\nimport logging\nfrom datetime import timedelta\n\nfrom insights.store import read, write\n\nlog = logging.getLogger(__name__)",
		heads: []string{
			"def $p($m, *, limit=$k):\n    \"\"\"$V the $n of one $m.\"\"\"",
			"def $p(frame, $n):",
			"def $p($n, $m=None):\n    \"\"\"Return the rows of $n that $m explains.\"\"\"",
		},
		tails: []string{"    return $m", "    return frame", "    return rows"},
		body: chunks(`
    frame = read("$a_$n", since=$m.start)
    if frame.empty:
        log.info("no rows for %s", $m.name)
        return None
-
    rows = [r for r in rows if r["$n"] is not None and r["$m"] > $k]
-
    for key, group in frame.groupby("$n"):
        if len(group) < $k:
            continue
        totals[key] = group["$m"].sum()
-
    if $n.window > timedelta(days=$k):
        $n = $n.split(days=$k)
    elif $n.window == timedelta(0):
        raise ValueError("empty window of $n")
-
    frame["$m_share"] = frame["$m"] / frame["$n"].sum()
-
    # Late events arrive up to $k hours after the $n closes.
    frame = frame[frame["seen"] <= $m.end + timedelta(hours=$k)]
-
    try:
        write("$a_$n", frame)
    except TimeoutError:
        log.warning("write of $n is retried")
        write("$a_$n", frame, timeout=$k)
-
    while cursor and len(rows) < limit:
        cursor, page = fetch("$n", cursor)
        rows.extend(page)
-
    # Partial weeks would look like a drop.
    frame = frame.iloc[:-1] if $m.partial else frame
-
    log.debug("%s: %d rows of $n", $m, len(frame))
-
    if $m.currency != "EUR" and not $m.converted:
        frame["$n"] = convert(frame["$n"], $m.currency)
-
    quantile = frame["$n"].quantile(0.$k)`),
		testHead: "def test_$p():", testTail: "",
		testBody: chunks(`
    frame = make_frame(rows=$k)
    assert $v_$n(frame).shape[0] == $k
-
    for size in (0, 1, $k):
        assert $n_of(size) >= 0
-
    with pytest.raises(ValueError):
        $v_$n(None)
-
    $m = sample("$m", $k)
    assert $m.total == $k`),
	}
}
