// Command shots makes pictures of every room from the demo company: `make screenshots`.
// It starts the program that is to be shown, comes in by its link as a person would, and
// walks through the rooms.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// rooms are the pictures: a name and where it is taken.
var rooms = [][2]string{
	{"brief", "/"}, {"vpe", "/vpe"}, {"cto", "/cto"}, {"agreement", "/agreement"}, {"who-decides", "/agreement/decide?q=choose+a+cloud+vendor"}, {"agenda", "/agreement/agenda"},
	{"organisation", "/organisation"}, {"what-if", "/organisation/plan?file=a-vp-of-engineering"}, {"delivery", "/delivery"}, {"forecast", "/forecast?items=200"}, {"decisions", "/decisions"}, {"number", "/metrics/throughput"}, {"chain", "/explain/verdict"},
	{"data", "/data"}, {"playbook", "/playbook"}, {"administration", "/administration"},
}

func main() {
	var o options
	flag.StringVar(&o.program, "program", "bin/diarchy", "the program that is shown")
	flag.StringVar(&o.out, "out", "docs/screenshots", "folder for the pictures")
	flag.StringVar(&o.workspace, "workspace", "", "company that is shown (default: a new demo company)")
	flag.Int64Var(&o.width, "width", 1280, "width in CSS pixels")
	flag.Int64Var(&o.height, "height", 900, "height of a picture in CSS pixels; 0 is the whole page")
	flag.StringVar(&o.scheme, "scheme", "light", "light or dark")
	flag.StringVar(&o.only, "only", "", "addresses in the place of all rooms, as name=/address,name=/address")
	flag.StringVar(&o.format, "format", "webp", "webp or png")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		log.Fatal(err)
	}
}

type options struct {
	program, out, workspace, scheme, only, format string
	width, height                                 int64
}

func run(ctx context.Context, o options) error {
	if o.workspace == "" {
		dir, err := os.MkdirTemp("", "diarchy-shots-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.workspace = filepath.Join(dir, "company")
		if err := company(ctx, o); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	link, stop, err := serve(ctx, o)
	if err != nil {
		return err
	}
	defer stop()
	return shoot(ctx, o, link)
}

// scenario is thought through in the pictures.
const scenario = `scenarios:
  - name: "A VP of Engineering"
    steps:
      - hire: {role: vpe, manager: jianyu-luoyang, count: 1}
`

// company makes a demo company in which a scenario is thought through.
func company(ctx context.Context, o options) error {
	if out, err := exec.CommandContext(ctx, o.program, "demo", "--quiet", o.workspace).CombinedOutput(); err != nil {
		return fmt.Errorf("demo: %w: %s", err, out)
	}
	dir := filepath.Join(o.workspace, "scenarios")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "a-vp-of-engineering.yaml"), []byte(scenario), 0o644)
}

// serve starts the program and gives the link that it prints.
func serve(ctx context.Context, o options) (link string, stop func(), err error) {
	cmd := exec.CommandContext(ctx, o.program, "serve", "--every", "24h", "--listen", "127.0.0.1:0", "--workspace", o.workspace)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it is gone if it fails
		_ = cmd.Wait()
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "http://"); ok && strings.Contains(rest, "link=") {
			return "http://" + rest, stop, nil
		}
	}
	stop()
	return "", nil, fmt.Errorf("%s serve printed no link", o.program)
}

func shoot(ctx context.Context, o options, link string) error {
	profile, err := os.MkdirTemp("", "diarchy-shots-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	ctx, cancelAll := chromedp.NewExecAllocator(ctx, chromedp.ExecPath(chromium()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(profile), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true))
	defer cancelAll()
	ctx, cancel := chromedp.NewContext(ctx)
	defer cancel()
	height := max(o.height, 900)
	err = chromedp.Do(ctx, chromedp.EmulateViewport(o.width, height), chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: o.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}), chromedp.Navigate(link), chromedp.SendKeys("input[name=name]", "administrator"), chromedp.SendKeys("input[name=password]", "a sentence that nobody guesses"),
		chromedp.SetValue("select[name=role]", "both"), chromedp.Click("main button"), chromedp.WaitVisible("nav.rooms"))
	if err != nil {
		return fmt.Errorf("come in: %w", err)
	}
	base, _, _ := strings.Cut(link, "/enter")
	wanted := rooms
	if o.only != "" {
		wanted = nil
		for one := range strings.SplitSeq(o.only, ",") {
			name, address, _ := strings.Cut(one, "=")
			wanted = append(wanted, [2]string{name, address})
		}
	}
	for _, room := range wanted {
		if err := picture(ctx, o, room[0], base+room[1]); err != nil {
			return fmt.Errorf("%s: %w", room[0], err)
		}
	}
	return nil
}

// picture takes one, when charts had the time to be drawn.
func picture(ctx context.Context, o options, name, address string) error {
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		return err
	}
	time.Sleep(300 * time.Millisecond)
	whole, quality := o.height == 0, qualityOf(o.format)
	var data []byte
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		r, err := cdp.Call(ctx, s, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormat(o.format), CaptureBeyondViewport: &whole, Quality: quality})
		if err == nil {
			data = r.Data
		}
		return err
	}))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.out, name+"."+o.format), data, 0o644)
}

// chromium is where a browser is.
func chromium() string {
	for _, path := range []string{os.Getenv("DIARCHY_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"} {
		if _, err := os.Stat(path); path != "" && err == nil {
			return path
		}
	}
	return "chromium"
}

// qualityOf is how well a picture is kept; PNG knows no such thing.
func qualityOf(format string) *int64 {
	if format == "png" {
		return nil
	}
	q := int64(35)
	return &q
}
