//! Errors of the library as Python's exceptions, whose classes `meanfield._errors` declares.

use meanfield::scenario::mistakes::Mistakes;
use meanfield::{Error, OptionName};
use miette::{GraphicalReportHandler, GraphicalTheme};
use pyo3::prelude::*;

/// Width of the pictures of mistakes, in characters.
const WIDTH: usize = 100;

/// The exception for an error.
pub fn raised(py: Python<'_>, error: Error) -> PyErr {
    let help = error.help().map(|advice| advice.with_names(typed));
    let built = match &error {
        Error::Mistakes(mistakes) => scenario_error(py, mistakes),
        Error::Input { text, .. } => exception(py, "InputError", text, help),
        Error::Option { option, value, reason, .. } => {
            exception(py, "InputError", &format!("{}={value} {reason}", option.field()), help)
        }
        error => exception(py, "RunError", &error.to_string(), help),
    };
    built.unwrap_or_else(|failure| failure)
}

/// The exception for a panic of the library.
pub fn of_the_program(py: Python<'_>, words: &str) -> PyErr {
    let help = "please report this, with the scenario; what was computed is kept: the same call goes on";
    let text = format!("this is a fault of meanfield {} itself: {words}", meanfield::computing());
    exception(py, "RunError", &text, Some(help.to_owned())).unwrap_or_else(|failure| failure)
}

fn exception(py: Python<'_>, class: &str, text: &str, help: Option<String>) -> PyResult<PyErr> {
    let class = py.import("meanfield._errors")?.getattr(class)?;
    Ok(PyErr::from_value(class.call1((text, help))?))
}

fn scenario_error(py: Python<'_>, mistakes: &Mistakes) -> PyResult<PyErr> {
    let class = py.import("meanfield._errors")?.getattr("ScenarioError")?;
    let located: Vec<_> = mistakes.located().collect();
    Ok(PyErr::from_value(class.call1((picture(mistakes), located))?))
}

/// The mistakes as the program prints them.
fn picture(mistakes: &Mistakes) -> String {
    let mut picture = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(WIDTH);
    match handler.render_report(&mut picture, mistakes) {
        Ok(()) => format!("\n{}", picture.trim_end()),
        Err(_) => mistakes.messages().join("; "),
    }
}

/// An option as it is typed in Python.
fn typed(option: OptionName) -> String {
    match option {
        OptionName::Output => "output=\"another-folder\"".to_owned(),
        OptionName::Resume | OptionName::Extend | OptionName::Overwrite => format!("{}=True", option.field()),
        option => format!("{}=", option.field()),
    }
}
