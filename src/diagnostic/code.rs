//! The stable codes of all diagnostics.

use std::fmt;

use serde::Serialize;

/// A diagnostic's stable code, such as `misfire::log::truncated`.
///
/// Codes are looked up in `docs/diagnostics.md`; a test keeps the two equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(&'static str);

impl Code {
    /// The code as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether such a problem is with a log, a path, or the run itself, and not
    /// with what someone wrote.
    #[must_use]
    pub fn is_about_input(self) -> bool {
        ["misfire::log::", "misfire::io::", "misfire::run::"]
            .iter()
            .any(|part| self.0.starts_with(part))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        impl Code {
            $($(#[doc = $doc])+ pub const $name: Self = Self($code);)+

            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

codes! {
    /// A file or folder cannot be opened or read.
    IO_UNREADABLE = "misfire::io::unreadable";
    /// A file cannot be written.
    IO_UNWRITABLE = "misfire::io::unwritable";
    /// A path that holds nothing of what is looked for.
    IO_NOTHING_FOUND = "misfire::io::nothing_found";
    /// A path that is neither a file nor a folder, such as a pipe or a device.
    IO_NOT_A_FILE = "misfire::io::not_a_file";
    /// A log's format is not recognised.
    LOG_UNKNOWN_FORMAT = "misfire::log::unknown_format";
    /// A log without a single record.
    LOG_EMPTY = "misfire::log::empty";
    /// A log ends in the middle of something.
    LOG_TRUNCATED = "misfire::log::truncated";
    /// A part of a log is damaged.
    LOG_CORRUPT = "misfire::log::corrupt";
    /// One record cannot be read.
    LOG_BAD_RECORD = "misfire::log::bad_record";
    /// A log is larger, deeper, or more compressed than is accepted.
    LOG_LIMIT = "misfire::log::limit";
    /// Bytes of a log are not UTF-8 and were replaced.
    LOG_NOT_UTF8 = "misfire::log::not_utf8";
    /// Records of kinds that are not searched were left out.
    LOG_PASSED_OVER = "misfire::log::passed_over";
    /// A record cannot be written in the wanted format.
    LOG_UNWRITABLE_RECORD = "misfire::log::unwritable_record";
    /// A time cannot be read, or a shift leaves the range of times.
    LOG_BAD_TIME = "misfire::log::bad_time";
    /// The format that logs are to be converted to is not said.
    CONVERT_UNKNOWN_TARGET = "misfire::convert::unknown_target";
    /// The output of a conversion is there already.
    CONVERT_OUTPUT_EXISTS = "misfire::convert::output_exists";
    /// The output of a conversion is one of its inputs.
    CONVERT_OUTPUT_IS_INPUT = "misfire::convert::output_is_input";
    /// None of the records can stand in the format that they are converted to.
    CONVERT_NOTHING_FITS = "misfire::convert::nothing_fits";
    /// A YAML file is not well formed.
    YAML_SYNTAX = "misfire::yaml::syntax";
    /// A YAML file is larger, deeper, or has more aliases than is accepted.
    YAML_LIMIT = "misfire::yaml::limit";
    /// A Sigma file cannot be understood as a rule.
    SIGMA_INVALID = "misfire::sigma::invalid";
    /// A Sigma rule is well formed and cannot be evaluated.
    SIGMA_UNSUPPORTED = "misfire::sigma::unsupported";
    /// A correlation or filter names a rule that is not loaded.
    SIGMA_UNKNOWN_RULE = "misfire::sigma::unknown_rule";
    /// Two rules have one id.
    SIGMA_DUPLICATE_ID = "misfire::sigma::duplicate_id";
    /// A field that a content file does not have.
    CONTENT_UNKNOWN_FIELD = "misfire::content::unknown_field";
    /// A field that a content file must have.
    CONTENT_MISSING_FIELD = "misfire::content::missing_field";
    /// A field of a content file with a value that it cannot have.
    CONTENT_BAD_VALUE = "misfire::content::bad_value";
    /// A detection that is asked for is not loaded.
    CONTENT_UNKNOWN_DETECTION = "misfire::content::unknown_detection";
    /// A file that content refers to is not there.
    CONTENT_MISSING_FILE = "misfire::content::missing_file";
    /// A regression case of a kind that is not judged.
    SUITE_UNSUPPORTED_CASE = "misfire::suite::unsupported_case";
    /// A recording in a suite's folder that no test names.
    SUITE_UNREAD_RECORDING = "misfire::suite::unread_recording";
    /// A suite without a single case.
    SUITE_NO_CASES = "misfire::suite::no_cases";
    /// The run was interrupted.
    RUN_INTERRUPTED = "misfire::run::interrupted";
    /// Two reports are to go to one place.
    USAGE_REPORT_TWICE = "misfire::usage::report_twice";
    /// A schema that there is not.
    USAGE_UNKNOWN_SCHEMA = "misfire::usage::unknown_schema";
}
