//! A bucket that lists as S3 does.

use std::collections::BTreeMap;

use wiremock::{Request, Respond, ResponseTemplate};

/// A bucket that lists as S3 does, so many entries a page.
#[derive(Clone)]
pub struct Bucket {
    pub objects: BTreeMap<String, Vec<u8>>,
    pub page: usize,
}

impl Respond for Bucket {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let query: BTreeMap<String, String> = request.url.query_pairs().into_owned().collect();
        let Some(prefix) = query.get("prefix") else {
            let key = request.url.path().trim_start_matches("/trail-logs/");
            return match self.objects.get(key) {
                Some(bytes) => ResponseTemplate::new(200).set_body_bytes(bytes.clone()),
                None => ResponseTemplate::new(404)
                    .set_body_string("<Error><Code>NoSuchKey</Code></Error>"),
            };
        };
        let after = query
            .get("continuation-token")
            .or_else(|| query.get("start-after"))
            .cloned()
            .unwrap_or_default();
        // What is below a delimiter counts once.
        let entries: Vec<(String, bool)> = self
            .objects
            .keys()
            .filter(|key| key.starts_with(prefix.as_str()))
            .map(|key| {
                let delimiter = query.get("delimiter");
                let end = delimiter.and_then(|sign| key[prefix.len()..].find(sign.as_str()));
                match end {
                    Some(end) => (key[..=prefix.len() + end].to_owned(), true),
                    None => (key.clone(), false),
                }
            })
            .filter(|(entry, _)| *entry > after)
            .collect();
        let mut entries = entries;
        entries.dedup();
        let more = entries.len() > self.page;
        entries.truncate(self.page);
        let listed: String = entries
            .iter()
            .map(|(entry, folder)| match folder {
                true => format!("<CommonPrefixes><Prefix>{entry}</Prefix></CommonPrefixes>"),
                false => format!("<Contents><Key>{entry}</Key><Size>1</Size></Contents>"),
            })
            .collect();
        let next = match (more, entries.last()) {
            (true, Some((last, _))) => {
                format!("<NextContinuationToken>{last}</NextContinuationToken>")
            }
            _ => String::new(),
        };
        ResponseTemplate::new(200).set_body_string(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <Prefix>{prefix}</Prefix><IsTruncated>{more}</IsTruncated>{listed}{next}\
             </ListBucketResult>"
        ))
    }
}
