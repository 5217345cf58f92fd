"""Three invented interviews, short enough to read here and long enough for figures."""

from tests.journeys.files import Speech

CLIENT: Speech = [
    ("Interviewer", "How did you first hear about the service?"),
    ("Nadia", "My manager forwarded an e-mail. I nearly deleted it, it looked like all the others."),
    ("Interviewer", "What made you ring them in the end?"),
    ("Nadia", "A colleague on nights had rung them. She said it was confidential, and that did it."),
    ("Interviewer", "How did the team here take it?"),
    ("Nadia", "Some of us thought it was only for nurses. Nobody had said it was for the porters as well."),
    ("Interviewer", "And your manager?"),
    ("Nadia", "She gave me the hour, I must say. But it was not hers to give, I owed it back on the Friday."),
    ("Interviewer", "What happened when you rang?"),
    ("Nadia", "They rang back the same day. I was in the car park. I cried, which I had not expected 🙂."),
    ("Interviewer", "Did it fit round your shifts?"),
    ("Nadia", "The first two did. Then the rota changed and the sessions fell on my long days."),
    ("Interviewer", "How did you know whether it helped?"),
    ("Nadia", "I slept again. Nobody asked me, mind; there was one form, and it asked about parking."),
    ("Interviewer", "Would you use it again?"),
    ("Nadia", "I would. I have told the new starters about it, every one of them."),
    ("Interviewer", "What would you change?"),
    ("Nadia", "Put it on the rota as protected time. Otherwise it is one more thing to feel guilty about."),
    ("Interviewer", "Anything else that we should have asked?"),
    ("Nadia", "Whether people feel they are taking a place from somebody worse off. I did, for weeks."),
]

STAFF: Speech = [
    ("Interviewer", "What was the first thing that you had to agree on?"),
    ("Tom Ellis", "Who we were for. Half of the board thought of a crisis line, half of a clinic."),
    ("Interviewer", "How was that settled?"),
    (
        "Tom Ellis",
        "We wrote the triage three times. After the third nobody argued any more, they were tired.",
    ),
    ("Interviewer", "Where did occupational health stand?"),
    ("Tom Ellis", "It was their turf, and they let us know. We had one good meeting, in the second spring."),
    ("Interviewer", "How were you staffed?"),
    ("Tom Ellis", "On short contracts. Two of the best went before the evaluation had even begun."),
    ("Interviewer", "What did you look at to know how it went?"),
    ("Tom Ellis", "Numbers, mostly. There was no dashboard that anybody could use, so I kept a sheet."),
]

KEYWORKER: Speech = [
    ("Interviewer", "Who told you that it was there?"),
    ("Marta", "Our union did, on a poster by the lockers. I took a picture and forgot about it."),
    ("Interviewer", "What kept you from ringing?"),
    ("Marta", "I thought they would write it down somewhere. With us everything is written down."),
    ("Interviewer", "And the people whom you work with?"),
    ("Marta", "They would have laughed, I think. Not unkindly, but it would have been the talk of the week."),
    ("Interviewer", "What would have made it easier?"),
    ("Marta", "Somebody who had been there. Not a poster, a face."),
]
