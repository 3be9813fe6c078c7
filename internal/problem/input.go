package problem

// Input is an error about one of several inputs. Surfaces show it beside what they ask it with: a
// flag, a field of a form, a parameter.
type Input struct {
	Name string
	Err  error // without the name
}

func (i *Input) Error() string { return i.Name + " " + i.Err.Error() }

func (i *Input) Unwrap() error { return i.Err }

// WrongInput returns an error of wrong usage about an input; the format goes on after its name.
func WrongInput(name, hint, format string, args ...any) error {
	return &Input{Name: name, Err: New(Usage, hint, format, args...)}
}
