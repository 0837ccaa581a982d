"""English phrases of notices: what happened, what kind of reply it is, and who writes."""

from __future__ import annotations

from crm_notify.rules.bounce.phrases.topics import Topic

NOTICES: dict[Topic, str] = {
    Topic.FAILED: """
        did not receive your message | undeliverable due to | failed to reach
        delivery attempt*failed | attempt*deliver*unsuccessful | error while delivering
        could not be reached | message bounced | message has bounced | message was blocked
        message has been blocked | mail was blocked | undeliverable address | address not found
        unsuccessful delivery | notification of failure | refused your m
        could not be delivered | couldn't be delivered | cannot be delivered
        can not be delivered | can't be delivered | was not delivered | wasn't delivered
        not been delivered | not be delivered | not delivered to | message not delivered
        unable to deliver | not able to deliver | wasn't able to deliver | failed to deliver
        couldn't deliver | could not deliver | cannot deliver | can't deliver | delivery failed
        delivery failure | delivery has failed | delivery*failed permanently | failed delivery
        mail delivery failed | delivery to*failed | delivery error | delivery problem
        delivery report: failed | delivery status notification (failure)
        delivery status notification: error | did not reach | didn't reach | undeliverable
        undelivered | undeliverable mail | returned to sender | returning message to sender
        returned mail | returned to you | permanent fatal error | permanent error
        permanent failure | fatal error | failed permanently | following address(es) failed
        has been returned | returned because | following addresses failed
        following recipient(s) failed | address failed | trying to deliver the mail
        error*attempting to deliver | error delivering | error in delivering
        problem delivering | problems delivering | did not like our rcpt to
        message was rejected | mail was rejected | recipients was rejected | has been rejected
        was refused | failure notice | failed recipient | failed mail | failure delivery
        mail failure | message failure | non-delivery | nondelivery | could not be sent
        couldn't be sent | cannot be sent | was not sent | not been sent | unable to send
        can not send | could not send | mail system error | transcript of session follows
        non delivered | non-delivered | message delivery has failed | email delivery failure
        mail error | mail returned | messages*weren't sent | bounced mail | bounce notification
        unsent message | unreachable recipient | mail not delivered | delivery impossible
        may not exist, or you may not have permission""",
    Topic.FINAL: """
        giving up | given up | gave up | permanent | failed permanently | no further attempt
        will not be retried | not be retried | returned to sender | has been removed from
        has failed | no longer retr | stopped retrying | stop retrying | not going to try again""",
    Topic.DELAYED: """
        temporary delivery | transient failure | still in our queue | has been queued
        continue to attempt | attempted again | further attempts | more attempts
        remains in the queue | remain in the queue | trying to deliver your | delivery*delayed
        has been delayed | is delayed | was delayed | delayed mail | message delayed
        mail delayed | delayed delivery | delay notification | delivery delay
        notification (delay) | still being retried | still trying | not yet been delivered
        not yet delivered | not been delivered yet | warning message only | this is a warning
        a warning only | warning only | do not need to resend | will be retried | will retry
        will continue to try | will continue to be | will keep trying | will be trying
        continue trying | attempts will continue | will attempt to deliver
        could not send message for past | been postponed | delivery incomplete
        delivery warning | temporary problem delivering | transient non-fatal error
        still in the queue | currently queued | queued for delivery | delivery*deferred
        message*deferred | delivery status: delayed | (delayed) | advisory-only
        will try again | message status - delayed | for the next*days""",
    Topic.DELIVERED: """
        successfully delivered | been delivered to | was delivered to | delivered successfully
        successful mail delivery | successful delivery | delivery has been successful
        delivery status notification (success) | delivery status notification (relay)
        relay mail delivery report | successfully relayed | was relayed to | been relayed to
        relayed to a host | relayed to the following | mail delivery status report
        delivery receipt | delivery confirmation""",
    Topic.READ: """
        read: | read receipt | was read on | has been read | was read by | was displayed on
        deleted without being read | return receipt | message was read | not read:
        was opened on | has been displayed""",
    Topic.MAIL: "message | mail | recipient",
    Topic.AUTOREPLY: """
        automatic reply | auto reply | auto-reply | autoreply | auto: | out of office
        out-of-office | out of the office | autoresponse | auto-response | auto response
        autoresponder | auto responder | automated reply | automated response
        automatic response | automatically generated reply | automated message | away from
        vacation | on holiday | annual leave | maternity leave | parental leave | on leave
        auto-generated reply | autoanswer | ooo: | [ooo] | (ooo) | out of town""",
    Topic.AWAY: """
        out of the office | out of office | away from my mail | away from the office
        away from my desk | on vacation | on holiday | on annual leave | on leave
        will be away | am away | currently away | am currently out | be out until
        not be reading my mail | limited access to | upon my return | when i return
        when i get back | on my return | return to the office | will reply as soon
        will respond as soon | get back to you | thank you for your e-mail
        thank you for your email | thank you for contacting | we have received your
        have received your message | received your request | no longer with | no longer works
        no longer employed | no longer work | has left the company | automated response
        automatic reply | automatically generated response | this is an automatic
        maternity leave | parental leave | sick leave | business trip""",
    Topic.CHALLENGE: """
        verification required | verify yourself | verify that you are | please verify
        confirm that you are | confirm your message | confirm your email | confirm your mail
        confirm delivery of | confirmation required | please confirm your | challenge/response
        challenge response | challenge-response | spam arrest | spamarrest | boxbe | tmda
        mailblocks | bluebottle | qurb | sender address verification | active spam killer
        knowspam | spamcop confirm | approve*sender | approved senders list | guest list
        waiting list | whitelist request | request to be added | passcode | prove that you are
        human sender | not a robot | click*link*deliver | click*to be delivered
        click*to deliver | will be delivered once you | to release your message
        needs your confirmation | unconfirmed message | message*held until""",
    Topic.COMPLAINT: """
        complaint about message | email feedback report | abuse report | spam complaint
        spam report | complaint from | feedback loop""",
    Topic.DAEMON: """
        mailer-daemon | mailerdaemon | mailer_daemon | mailer daemon | postmaster | post_master
        mail-daemon | maildaemon | mail daemon | mdaemon | mail delivery | maildelivery
        mail system | mail-system | delivery system | delivery subsystem | delivery agent
        delivery service | delivery notification | delivery status | mail administrator
        mailadmin | mail admin | mail router | mail server | mailserver | mail gateway
        mailgateway | double-bounce | ndr administrator | non-delivery | system administrator
        systemadministrator | systemadmin | interscan | imss@ | mailmarshal | mailsweeper
        mmsc | e-mail interconnect | internet mail service | mailer@ | bounce@ | bounces@
        microsoft exchange | exchange administrator | emailrobot | mail transfer | listserv
        smtp server | administrateur | groupwise""",
    Topic.COPY: """
        a copy of the message | is a copy of | below this line is | below the next line is
        below is a copy of | copy of the original | copy of your message | copy of message
        original message | the original message | original mail | original e-mail
        your original message | headers of the original | header of the original
        headers of your message | message headers | message header | header of the message
        original headers | original header | returned message | returned mail follows
        unsent message | undelivered message | a summary of the undelivered message
        the first * lines of | message text follows | message contents follow
        text of your message | the message you sent | your message follows | forwarded message
        begin forwarded message | start of forwarded | first lines of your message
        quoted message | body of message""",
    Topic.AT_SENDER: """
        reply to mail from | after mail from | after sender | did not like our mail from
        >>> mail from | response to mail from | does not like sender""",
    Topic.AT_DATA: """
        end of data | after data | after end of message | reply to data | after body | >>> data
        response to data | did not like our data | failed after i sent the message""",
}
