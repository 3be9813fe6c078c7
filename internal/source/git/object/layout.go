package object

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// alternatesDepth is how far alternates of alternates are followed, as by git.
const alternatesDepth = 5

// commonDir is the folder that the work trees of a repository share.
func commonDir(gitDir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(gitDir, "commondir"))
	if errors.Is(err, os.ErrNotExist) {
		return gitDir, nil
	}
	if err != nil {
		return "", err
	}
	dir := strings.TrimRight(string(text), "\r\n")
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(gitDir, dir)
	}
	return dir, nil
}

// objectDirs lists a folder of objects and its alternates, each once.
func objectDirs(own string) ([]string, error) {
	if _, err := os.Stat(own); err != nil {
		return nil, err
	}
	var dirs, real []string
	var add func(dir string, depth int)
	add = func(dir string, depth int) {
		r, err := filepath.EvalSymlinks(dir)
		if err != nil || slices.Contains(real, r) { // git, too, goes on without those that are not there
			return
		}
		dirs, real = append(dirs, dir), append(real, r)
		if depth == alternatesDepth {
			return
		}
		text, err := os.ReadFile(filepath.Join(dir, "info", "alternates"))
		if err != nil {
			return
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if line[0] == '"' {
				if s, ok := unquote(line); ok {
					line = s
				}
			}
			if !filepath.IsAbs(line) {
				line = filepath.Join(dir, line)
			}
			add(line, depth+1)
		}
	}
	add(own, 0)
	return dirs, nil
}

// unquote reads a name between double quotes, with the escapes of C.
func unquote(s string) (string, bool) {
	if len(s) < 2 || s[len(s)-1] != '"' {
		return "", false
	}
	var b strings.Builder
	for s = s[1 : len(s)-1]; s != ""; {
		r, multi, rest, err := strconv.UnquoteChar(s, '"')
		if err != nil {
			return "", false
		}
		if multi {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		s = rest
	}
	return b.String(), true
}

// hashLength reads from the configuration of a repository how long its object names
// are in bytes.
func hashLength(config string) (int, error) {
	text, err := os.ReadFile(config)
	if errors.Is(err, os.ErrNotExist) {
		return 20, nil
	}
	if err != nil {
		return 0, err
	}
	version, format := "0", "sha1"
	section := ""
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", "")) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			var ok bool
			if section, line, ok = strings.Cut(line[1:], "]"); !ok {
				continue
			}
			section = strings.ToLower(strings.TrimSpace(section))
		}
		key, value, _ := strings.Cut(line, "=")
		value, _, _ = strings.Cut(value, "#")
		value, _, _ = strings.Cut(value, ";")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch section + "." + strings.ToLower(strings.TrimSpace(key)) {
		case "core.repositoryformatversion":
			version = value
		case "extensions.objectformat":
			format = strings.ToLower(value)
		}
	}
	switch {
	case version != "0" && version != "1":
		return 0, fmt.Errorf("%s: repository format %q is not known", config, version)
	case format == "sha1":
		return 20, nil
	case format == "sha256":
		return 32, nil
	}
	return 0, fmt.Errorf("%s: object format %q is not known", config, format)
}
