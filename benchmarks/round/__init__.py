"""A round of 63 transcripts, three coders and 400 codings each, as the pages of conferring see it."""
