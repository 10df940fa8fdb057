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
    /// A code of a linter's rule (`misfire::lint::…`), which is documented with the
    /// rule.
    #[must_use]
    pub const fn of_rule(code: &'static str) -> Self {
        Self(code)
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether such a problem is with how parts of content refer to each other.
    #[must_use]
    pub fn is_about_references(self) -> bool {
        self.0.starts_with("misfire::reference::")
    }

    /// Whether such a problem is with a Sigma rule.
    #[must_use]
    pub fn is_about_sigma(self) -> bool {
        self.0.starts_with("misfire::sigma::")
    }

    /// Whether such a problem is with a query of another language than Sigma.
    #[must_use]
    pub fn is_about_queries(self) -> bool {
        ["misfire::cse::", "misfire::spl::", "misfire::sumo::"]
            .iter()
            .any(|part| self.0.starts_with(part))
    }

    /// Whether such a problem is with a log, a path, a source, the host, or the run
    /// itself, and not with what someone wrote.
    #[must_use]
    pub fn is_about_input(self) -> bool {
        [
            "misfire::collect::",
            "misfire::execute::",
            "misfire::io::",
            "misfire::log::",
            "misfire::run::",
        ]
        .iter()
        .any(|part| self.0.starts_with(part))
            && self != Self::RUN_NO_TESTS
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
    /// A corpus without a rule of the technique that is asked for.
    COVERAGE_NO_RULE = "misfire::coverage::no_rule";
    /// A file that is no result of a run.
    COVERAGE_BAD_PROOF = "misfire::coverage::bad_proof";
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
    /// A fixture that is to be made is there already.
    IMPORT_EXISTS = "misfire::import::exists";
    /// A name that no fixture can have.
    IMPORT_BAD_NAME = "misfire::import::bad_name";
    /// An argument of an imported run that is given twice.
    IMPORT_BAD_ARGUMENT = "misfire::import::bad_argument";
    /// A capture without a record in the window, or without a window.
    IMPORT_BAD_WINDOW = "misfire::import::bad_window";
    /// Records of a capture outside of the window.
    IMPORT_OUTSIDE_WINDOW = "misfire::import::outside_window";
    /// Records of a capture that are of no source that has a name.
    IMPORT_UNKNOWN_SOURCE = "misfire::import::unknown_source";
    /// A capture that does not say where it was made.
    IMPORT_NO_HOST = "misfire::import::no_host";
    /// A capture of several hosts or accounts.
    IMPORT_SEVERAL_HOSTS = "misfire::import::several_hosts";
    /// A capture of a platform that the atomic is not for.
    IMPORT_OTHER_PLATFORM = "misfire::import::other_platform";
    /// The file for a draft is there already.
    IMPORT_EXPECTATION_EXISTS = "misfire::import::expectation_exists";
    /// A capture in which nothing stands out.
    IMPORT_NOTHING_STANDS_OUT = "misfire::import::nothing_stands_out";
    /// A capture with more kinds of records than are told apart.
    IMPORT_MANY_KINDS = "misfire::import::many_kinds";
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
    /// A revision that content is to be compared with is not there.
    CONTENT_NO_REVISION = "misfire::content::no_revision";
    /// Folders that look like a project's and are not read, since the content is
    /// bundled.
    CONTENT_UNREAD_FOLDER = "misfire::content::unread_folder";
    /// A file that content refers to is not there.
    CONTENT_MISSING_FILE = "misfire::content::missing_file";
    /// A file or folder of atomics stands where the public schema does not have it.
    ATOMIC_MISPLACED_FILE = "misfire::atomic::misplaced_file";
    /// Two atomics have one GUID.
    ATOMIC_DUPLICATE_GUID = "misfire::atomic::duplicate_guid";
    /// An atomic uses an argument that it does not declare.
    ATOMIC_UNDECLARED_ARGUMENT = "misfire::atomic::undeclared_argument";
    /// An atomic declares an argument that it does not use.
    ATOMIC_UNUSED_ARGUMENT = "misfire::atomic::unused_argument";
    /// The default of an argument is not of the argument's type.
    ATOMIC_BAD_DEFAULT = "misfire::atomic::bad_default";
    /// An atomic uses `sudo` and does not say that it needs elevation.
    ATOMIC_MISSING_ELEVATION = "misfire::atomic::missing_elevation";
    /// A value is given for an argument that the atomic does not have.
    ATOMIC_UNKNOWN_ARGUMENT = "misfire::atomic::unknown_argument";
    /// An argument has neither a default nor a given value.
    ATOMIC_MISSING_VALUE = "misfire::atomic::missing_value";
    /// The defaults of arguments hold each other in a circle, or grow out of all bounds.
    ATOMIC_ENDLESS_ARGUMENT = "misfire::atomic::endless_argument";
    /// A regression case of a kind that is not judged.
    SUITE_UNSUPPORTED_CASE = "misfire::suite::unsupported_case";
    /// A recording in a suite's folder that no test names.
    SUITE_UNREAD_RECORDING = "misfire::suite::unread_recording";
    /// A suite without a single case.
    SUITE_NO_CASES = "misfire::suite::no_cases";
    /// A signal that cannot be looked for, since something in it is not known.
    EXPECTATION_UNRESOLVED = "misfire::expectation::unresolved";
    /// A log of a fixture holds another number of records than its manifest says.
    FIXTURE_RECORD_COUNT = "misfire::fixture::record_count";
    /// A log of a fixture holds records of a source that its manifest does not name.
    FIXTURE_OTHER_SOURCE = "misfire::fixture::other_source";
    /// A fixture whose records are all of other hosts than its manifest says.
    FIXTURE_OTHER_HOST = "misfire::fixture::other_host";
    /// A name in an expectation that is none.
    EXPECTATION_BAD_ID = "misfire::expectation::bad_id";
    /// Two signals of a test have one id.
    EXPECTATION_DUPLICATE_ID = "misfire::expectation::duplicate_id";
    /// A signal of a source that does not exist.
    EXPECTATION_UNKNOWN_SOURCE = "misfire::expectation::unknown_source";
    /// A reference to a signal that the test does not have.
    EXPECTATION_UNKNOWN_SIGNAL = "misfire::expectation::unknown_signal";
    /// A reference that needs events of a signal that must be absent.
    EXPECTATION_ABSENT_SIGNAL = "misfire::expectation::absent_signal";
    /// Signals that refer to each other in a circle.
    EXPECTATION_CIRCULAR = "misfire::expectation::circular";
    /// Keys of an expectation that cannot stand together.
    EXPECTATION_CONTRADICTION = "misfire::expectation::contradiction";
    /// A key of an expectation that is of no use without another.
    EXPECTATION_INCOMPLETE = "misfire::expectation::incomplete";
    /// A number of events that cannot be.
    EXPECTATION_BAD_COUNT = "misfire::expectation::bad_count";
    /// Fields of a signal that are no Sigma selection.
    EXPECTATION_BAD_FIELDS = "misfire::expectation::bad_fields";
    /// A field that events of the signal's kind do not have, and another that they do.
    EXPECTATION_UNKNOWN_FIELD = "misfire::expectation::unknown_field";
    /// Two entries about one detection and reading.
    EXPECTATION_DUPLICATE_DETECTION = "misfire::expectation::duplicate_detection";
    /// Two expectations of one atomic.
    EXPECTATION_DUPLICATE_ATOMIC = "misfire::expectation::duplicate_atomic";
    /// A detection for which no signal is left to fire on.
    EXPECTATION_NOTHING_TO_FIRE_ON = "misfire::expectation::nothing_to_fire_on";
    /// A known gap, or a claim that does not hold, without a reason.
    EXPECTATION_NO_REASON = "misfire::expectation::no_reason";
    /// A file whose name is not that of its technique.
    EXPECTATION_WRONG_FILE = "misfire::expectation::wrong_file";
    /// An argument that the atomic does not have.
    EXPECTATION_UNKNOWN_ARGUMENT = "misfire::expectation::unknown_argument";
    /// A file that a manifest lists is not there.
    FIXTURE_MISSING_FILE = "misfire::fixture::missing_file";
    /// A file that a manifest lists is a link, a folder, or the like.
    FIXTURE_NOT_A_FILE = "misfire::fixture::not_a_file";
    /// A path in a manifest that leaves its folder.
    FIXTURE_OUTSIDE = "misfire::fixture::outside";
    /// A file that is not the one that the manifest was written for.
    FIXTURE_WRONG_HASH = "misfire::fixture::wrong_hash";
    /// A file that a manifest lists twice.
    FIXTURE_DUPLICATE_FILE = "misfire::fixture::duplicate_file";
    /// Two fixtures of one name.
    FIXTURE_DUPLICATE_NAME = "misfire::fixture::duplicate_name";
    /// A log in a fixture's folder that nothing reads.
    FIXTURE_UNLISTED_FILE = "misfire::fixture::unlisted_file";
    /// A record that cannot be told from another of its fixture.
    FIXTURE_REPEATED_RECORD = "misfire::fixture::repeated_record";
    /// A number of records that cannot be.
    FIXTURE_BAD_COUNT = "misfire::fixture::bad_count";
    /// A window that cannot be.
    FIXTURE_BAD_WINDOW = "misfire::fixture::bad_window";
    /// A source that does not exist.
    FIXTURE_UNKNOWN_SOURCE = "misfire::fixture::unknown_source";
    /// A manifest that is neither of an atomic nor of a control, or of both.
    FIXTURE_BAD_SUBJECT = "misfire::fixture::bad_subject";
    /// Keys of a manifest that cannot stand together.
    FIXTURE_CONTRADICTION = "misfire::fixture::contradiction";
    /// A name in a manifest that is none.
    FIXTURE_BAD_ID = "misfire::fixture::bad_id";
    /// A fixture that is larger than is accepted.
    FIXTURE_LIMIT = "misfire::fixture::limit";
    /// A configuration that is no TOML.
    CONFIG_SYNTAX = "misfire::config::syntax";
    /// A key of a configuration with a value that it cannot have.
    CONFIG_BAD_VALUE = "misfire::config::bad_value";
    /// A source of a configuration that does not exist.
    CONFIG_UNKNOWN_SOURCE = "misfire::config::unknown_source";
    /// A profile that is asked for and that the configuration does not have.
    CONFIG_UNKNOWN_PROFILE = "misfire::config::unknown_profile";
    /// A path of a configuration that is not there.
    CONFIG_MISSING_PATH = "misfire::config::missing_path";
    /// An atomic that is referred to and not loaded.
    REFERENCE_UNKNOWN_ATOMIC = "misfire::reference::unknown_atomic";
    /// A detection that is expected and cannot be judged.
    REFERENCE_UNUSABLE_DETECTION = "misfire::reference::unusable_detection";
    /// A detection that is expected and not loaded.
    REFERENCE_UNKNOWN_DETECTION = "misfire::reference::unknown_detection";
    /// A fixture that is referred to and not there, or is of another kind.
    REFERENCE_UNKNOWN_FIXTURE = "misfire::reference::unknown_fixture";
    /// An argument of a recording that its atomic does not have.
    REFERENCE_UNKNOWN_ARGUMENT = "misfire::reference::unknown_argument";
    /// A recording that was made on a platform that its atomic is not for.
    REFERENCE_WRONG_PLATFORM = "misfire::reference::wrong_platform";
    /// A recording of an atomic of which nothing is expected.
    REFERENCE_NO_EXPECTATION = "misfire::reference::no_expectation";
    /// An expectation without a recording.
    REFERENCE_NO_RECORDING = "misfire::reference::no_recording";
    /// A detection that no test expects.
    REFERENCE_UNEXPECTED_DETECTION = "misfire::reference::unexpected_detection";
    /// A fixture that no test reads.
    REFERENCE_UNREAD_FIXTURE = "misfire::reference::unread_fixture";
    /// A signal that nothing uses.
    REFERENCE_UNUSED_SIGNAL = "misfire::reference::unused_signal";
    /// A condition that held and that no signal asks for.
    REFERENCE_UNUSED_CONDITION = "misfire::reference::unused_condition";
    /// A technique that ATT&CK does not have.
    REFERENCE_UNKNOWN_TECHNIQUE = "misfire::reference::unknown_technique";
    /// A technique that ATT&CK has under another id.
    REFERENCE_REPLACED_TECHNIQUE = "misfire::reference::replaced_technique";
    /// A project is to be written into a folder that holds something.
    INIT_NOT_EMPTY = "misfire::init::not_empty";
    /// No test is left that a filter lets pass.
    RUN_NO_TESTS = "misfire::run::no_tests";
    /// Nothing that is judged has changed since a revision.
    RUN_NOTHING_CHANGED = "misfire::run::nothing_changed";
    /// A log of what was executed is asked for, and nothing was.
    RUN_NOTHING_EXECUTED = "misfire::run::nothing_executed";
    /// A query keeps more rows in memory than it may.
    RUN_TOO_MANY_ROWS = "misfire::run::too_many_rows";
    /// A regular expression of a query takes more steps than it may.
    RUN_REGEX_LIMIT = "misfire::run::regex_limit";
    /// A query computes a value that is longer than it may be.
    RUN_LONG_VALUE = "misfire::run::long_value";
    /// A query yields a row that no record is part of.
    RUN_CAUSELESS_ROW = "misfire::run::causeless_row";
    /// A deployment of Splunk or Sumo Logic that is not known.
    CONFIG_UNKNOWN_DEPLOYMENT = "misfire::config::unknown_deployment";
    /// A Sumo Logic query that is not written as queries are.
    SUMO_SYNTAX = "misfire::sumo::syntax";
    /// A Sumo Logic query that the product refuses.
    SUMO_INVALID = "misfire::sumo::invalid";
    /// A part of a Sumo Logic query that is not evaluated.
    SUMO_UNSUPPORTED = "misfire::sumo::unsupported";
    /// A Sumo Logic query is taken as its author meant it.
    SUMO_REPAIRED = "misfire::sumo::repaired";
    /// A Sumo Logic query needs field extraction rules.
    SUMO_EXTRACTED = "misfire::sumo::extracted";
    /// A Cloud SIEM expression that is not written as expressions are.
    CSE_SYNTAX = "misfire::cse::syntax";
    /// A part of a Cloud SIEM expression that its product refuses.
    CSE_INVALID = "misfire::cse::invalid";
    /// A part of a Cloud SIEM expression that is not evaluated.
    CSE_UNSUPPORTED = "misfire::cse::unsupported";
    /// A Splunk search that is not written as searches are.
    SPL_SYNTAX = "misfire::spl::syntax";
    /// A macro of a Splunk search that cannot be expanded.
    SPL_MACRO = "misfire::spl::macro";
    /// A part of a Splunk search that Splunk refuses.
    SPL_INVALID = "misfire::spl::invalid";
    /// A part of a Splunk search that is not evaluated.
    SPL_UNSUPPORTED = "misfire::spl::unsupported";
    /// A part of a Splunk search that is read as its author meant it.
    SPL_REPAIRED = "misfire::spl::repaired";
    /// A lookup table of a Sumo Logic query that is not at hand.
    SUMO_MISSING_LOOKUP = "misfire::sumo::missing_lookup";
    /// A lookup table of a Splunk search that is not at hand.
    SPL_MISSING_LOOKUP = "misfire::spl::missing_lookup";
    /// A macro, lookup, or lookup definition that cannot be read.
    SPL_BAD_SETTING = "misfire::spl::bad_setting";
    /// There is nothing to be recorded.
    RECORD_NOTHING = "misfire::record::nothing";
    /// Several atomics are called what one is to be recorded.
    RECORD_SEVERAL = "misfire::record::several";
    /// A log that cannot be scrubbed whole.
    SCRUB_UNREADABLE = "misfire::scrub::unreadable";
    /// An identity that would be left in a scrubbed recording.
    SCRUB_LEAK = "misfire::scrub::leak";
    /// A scrub that would change what is judged.
    SCRUB_CHANGES_VERDICT = "misfire::scrub::changes_verdict";
    /// An address or a region that is none, and is left so.
    SCRUB_BROKEN = "misfire::scrub::broken";
    /// A name that is also a word of another meaning.
    SCRUB_AMBIGUOUS = "misfire::scrub::ambiguous";
    /// The profile of a host or account is none.
    SIMULATE_BAD_PROFILE = "misfire::simulate::bad_profile";
    /// Another run is executing atomics on this host.
    EXECUTE_HOST_BUSY = "misfire::execute::host_busy";
    /// The folder for the lock and the journal cannot be used.
    EXECUTE_STATE = "misfire::execute::state";
    /// Atomics cannot be executed on this host.
    EXECUTE_FAILED = "misfire::execute::failed";
    /// A run was left that has still to be cleaned up.
    EXECUTE_LEFTOVER = "misfire::execute::leftover";
    /// What a test does cannot be watched on this host.
    EXECUTE_UNWATCHED = "misfire::execute::unwatched";
    /// What was recorded of a test that was performed is lost.
    EXECUTE_UNRECORDED = "misfire::execute::unrecorded";
    /// There can be no overlay over the files of this host.
    EXECUTE_NO_OVERLAY = "misfire::execute::no_overlay";
    /// Nothing was found to sign in to a cloud service with.
    COLLECT_NO_CREDENTIALS = "misfire::collect::no_credentials";
    /// What was found to sign in with is no longer valid.
    COLLECT_EXPIRED = "misfire::collect::expired";
    /// A cloud service does not allow a request.
    COLLECT_DENIED = "misfire::collect::denied";
    /// A cloud service asked to slow down, to the last attempt.
    COLLECT_THROTTLED = "misfire::collect::throttled";
    /// A cloud service does not answer, or answers with failures of its own only.
    COLLECT_UNREACHABLE = "misfire::collect::unreachable";
    /// The answer of a cloud service is not what it documents.
    COLLECT_MALFORMED = "misfire::collect::malformed";
    /// A cloud service refuses the time of a request.
    COLLECT_CLOCK_SKEW = "misfire::collect::clock_skew";
    /// A cloud service refuses a request, such as one for what does not exist.
    COLLECT_REFUSED = "misfire::collect::refused";
    /// What is configured for a cloud service on this machine is wrong.
    COLLECT_MISCONFIGURED = "misfire::collect::misconfigured";
    /// A source holds more records of a window than are kept.
    COLLECT_TOO_MUCH = "misfire::collect::too_much";
    /// The run was interrupted.
    RUN_INTERRUPTED = "misfire::run::interrupted";
    /// What is compared is no document of a run, or is of another shape.
    DIFF_BAD_DOCUMENT = "misfire::diff::bad_document";
    /// Two reports are to go to one place.
    USAGE_REPORT_TWICE = "misfire::usage::report_twice";
    /// A flag of executing, where nothing is executed.
    USAGE_NEEDS_EXECUTION = "misfire::usage::needs_execution";
    /// A condition is given that no expectation names.
    USAGE_UNKNOWN_CONDITION = "misfire::usage::unknown_condition";
    /// A schema that there is not.
    USAGE_UNKNOWN_SCHEMA = "misfire::usage::unknown_schema";
}
