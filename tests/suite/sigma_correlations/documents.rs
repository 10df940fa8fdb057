//! Files of several documents, and `action`.

use misfire::detect::Engine;

use crate::sigma_correlations::found;
use crate::support::engine_of;
use crate::support::events::Made;

#[test]
fn a_global_document_is_part_of_each_that_follows() {
    let text = "\
action: global
title: Shared
logsource: {product: windows, category: process_creation}
detection:
    condition: selection
---
detection:
    selection:
        Image: 'x'
---
detection:
    selection:
        Image: 'y'
---
action: reset
---
title: Alone
logsource: {product: windows, category: process_creation}
detection:
    other:
        Image: 'x'
    condition: other
";
    let found = found(text, &[Made::sysmon(1).with("Image", "x")]);
    let titles: Vec<_> = found.iter().map(|(title, _)| title.as_str()).collect();
    assert_eq!(titles, ["Shared", "Alone"]);
}

#[test]
fn a_repeated_document_changes_the_one_before() {
    let text = "\
title: First
logsource: {product: windows, category: process_creation}
detection:
    selection:
        Image: 'x'
    condition: selection
---
action: repeat
title: Second
detection:
    selection:
        Image: 'y'
";
    let found = found(text, &[Made::sysmon(1).with("Image", "y")]);
    assert_eq!(found, [("Second".to_owned(), vec![1])]);
}

#[test]
fn documents_without_an_id_are_told_apart() {
    let text = "\
title: First
logsource: {product: windows}
detection:
    selection:
        Image: 'x'
    condition: selection
---
title: Second
logsource: {product: windows}
detection:
    selection:
        Image: 'x'
    condition: selection
";
    let engine = engine_of(text);
    let ids: Vec<_> = engine
        .programs()
        .iter()
        .map(|detection| detection.id.as_str())
        .collect();
    assert_eq!(ids, ["rule.yml", "rule.yml#2"]);
}
